// SPDX-License-Identifier: Apache-2.0
// Every limit of the program in one place, with its unit in its name. app/config.cc reads them from the configuration
// (`plumbline config --explain` prints them); rooms take the values they need.
#pragma once
#include <cstddef>
#include <cstdint>

namespace plumbline {

struct Limits {
    // A tip and its parts
    std::size_t tip_text_bytes_max = 64 * 1024;
    std::size_t tip_files_max = 20;
    std::uint64_t file_bytes_max = 5ULL * 1024 * 1024 * 1024;
    std::uint64_t tip_bytes_max = 6ULL * 1024 * 1024 * 1024;
    std::size_t field_bytes_max = 4 * 1024;           // a form field other than the text
    std::size_t file_name_bytes_max = 255;
    std::size_t message_text_bytes_max = 16 * 1024;   // a message in the mailbox
    std::size_t mailbox_messages_max = 500;           // of one tip, both ways
    std::size_t mailbox_files_max = 200;              // that go with them
    std::uint64_t mailbox_bytes_max = 12ULL * 1024 * 1024 * 1024;  // of all of them
    // Sealed parts on their way in
    unsigned upload_hours = 72;                       // an upload that nothing was added to for so long is removed
    std::size_t uploads_max = 2000;                   // unfinished at a time
    std::uint64_t uploads_bytes_max = 200ULL * 1024 * 1024 * 1024;   // that all of them said they would have
    // HTTP
    std::size_t http_header_bytes_max = 16 * 1024;
    std::size_t http_body_bytes_max = 1024 * 1024;    // of a request whose body is held in memory
    std::size_t http_connections_max = 2000;
    std::size_t http_uploads_max = 64;                // streaming requests at a time
    std::size_t http_handlers_max = 256;              // requests waiting for a handler thread; more get 503
    unsigned http_read_seconds_max = 30;              // between two pieces of a request
    unsigned http_request_seconds_max = 4 * 3600;     // a whole request, uploads included
    unsigned http_upload_bytes_per_second_min = 256;  // of a streamed body, counted only while we wait for the client
    // JSON and XML
    std::size_t json_bytes_max = 16 * 1024 * 1024;
    std::size_t json_depth_max = 64;
    // Store
    std::size_t writer_queue_max = 4096;              // writes waiting for the one writer; more are `busy`
    std::size_t writer_group_max = 256;               // writes in one commit
    std::size_t inline_part_bytes_max = 64 * 1024;    // a sealed part up to this size lives in its row, larger ones in blobs/
    // Decoders (each evidence part)
    unsigned decode_depth_max = 12;
    std::uint64_t decode_bytes_out_max = 512ULL * 1024 * 1024;
    std::uint64_t decode_items_max = 100'000;
    std::uint64_t sightings_max = 200'000;
    unsigned decode_cpu_seconds_max = 60;
    std::uint64_t decode_memory_bytes_max = 2ULL * 1024 * 1024 * 1024;
    // Jobs
    unsigned lease_seconds = 120;
    unsigned job_tries_max = 5;
    unsigned lab_poll_seconds_max = 25;
};

}  // namespace plumbline
