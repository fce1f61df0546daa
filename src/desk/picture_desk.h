// SPDX-License-Identifier: Apache-2.0
// Pictures of a tip, never shown unasked. What a browser gets is not the file: the sandbox decodes it and makes a bounded gray
// picture of it (PNG), so hostile bytes meet no decoder outside, and nothing has a sound or moves. First a blurred one of a few
// pixels; the whole one only for an act of its own, which is counted for the staff member: pictures and seconds a day, theirs to
// see, and nothing of what they were.
//
// Errors: not_found, unsupported (no picture that is decoded), too_large, and the sandbox's. Any thread.
#pragma once
#include <functional>

#include "desk/desk.h"

namespace plumbline::desk {

inline constexpr unsigned blurred_side_px = 16;
inline constexpr unsigned shown_side_px = 1024;
inline constexpr std::uint64_t picture_file_bytes_max = 64ULL * 1024 * 1024;
inline constexpr unsigned exposure_seconds_in_call_max = 60;
inline constexpr unsigned exposure_notice_seconds = 30 * 60;     // of a day: then the page suggests a break

class PictureDesk {
  public:
    struct Parts {                    // everything outlives it
        Store& store;
        vault::TipOpener& opener;
        Clock& clock;
        std::function<Result<Bytes>(ByteView image, unsigned side_max)> decode;   // in the sandbox; PNG
    };
    explicit PictureDesk(Parts parts) : parts_(std::move(parts)) {}

    Result<Bytes> blurred(TipId tip, std::uint32_t n);
    Result<Bytes> shown(TipId tip, std::uint32_t n, const Session& who);          // counted
    // {"seconds":120,"pictures":3,"notice":""}: of today. `seconds` more were looked at; 0 asks.
    Result<Json> exposed(unsigned seconds, const Session& who);

  private:
    Result<Bytes> decoded(TipId tip, std::uint32_t n, unsigned side_max);
    const Parts parts_;
};

}  // namespace plumbline::desk
