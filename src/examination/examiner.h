// SPDX-License-Identifier: Apache-2.0
// Works one piece: reads its bytes, asks the sandbox, keeps the answers that the piece's views look into. What a scan says
// is for another reader (a disk image inside a zip, a picture's text) is read here too, and its sightings join the part's.
// One thread an Examiner.
#pragma once
#include <deque>
#include <map>

#include "examination/disk_map.h"
#include "examination/examination.h"
#include "examination/open_file.h"
#include "examination/window.h"

namespace plumbline::examination {

// What a piece's views look into.
class Answers {
  public:
    Result<std::vector<evidence::PartView>*> keep(Result<Bytes> answer);
    std::string_view text(std::string text) { return texts_.emplace_back(std::move(text)); }
    evidence::PartView* part() { return &parts_.emplace_back(); }

  private:
    std::deque<Bytes> bytes_;
    std::deque<std::vector<evidence::PartView>> views_;
    std::deque<std::string> texts_;
    std::deque<evidence::PartView> parts_;
};

// Puts `prefix` before every place of a part, and adds `shift` to the first number of places where there is no prefix.
void move_places(evidence::PartView& part, std::string_view prefix, std::uint64_t shift, Answers& answers);

class Examiner {
  public:
    Examiner(const std::vector<FileEntry>& files, Sandbox& sandbox, const ExaminationOptions& options) : files_(files), sandbox_(sandbox), options_(options) {}
    void examine(Piece& piece, Answers& answers);
    std::uint64_t pictures_left() const { return pictures_left_; }   // pictures whose text was not asked for

  private:
    using Parts = std::vector<ExaminedPart>;
    // An open disk image, at the top or inside another file.
    struct Disk {
        int fd = -1;
        std::string container;
        std::string prefix;      // of its places
        std::size_t file = 0;    // in the list
        unsigned depth = 0;
    };
    void small_files(Piece& piece, Answers& answers);
    void one_small(Parts& parts, Answers& answers, std::size_t file, std::string_view name, ByteView bytes);
    void whole_file(Parts& parts, Answers& answers, std::size_t file);
    void as_it_stands(Parts& parts, Answers& answers, std::size_t file, const OpenFile& open, std::string why);
    void stretch(Parts& parts, Answers& answers, const Work& work);
    Result<Bytes> scan_stretch(std::string_view name, int fd, std::uint64_t size, std::uint64_t begin, std::uint64_t end, std::string_view read_as) const {
        return examination::scan_stretch(sandbox_, options_, name, fd, {{}, 0, begin, end, size, std::string(read_as)});
    }

    void disk_part(Parts& parts, Answers& answers, const Disk& disk, const DiskWork& work);
    void disk_stretch(Parts& parts, Answers& answers, const Disk& disk, const DiskWork& work);
    void disk_files(Parts& parts, Answers& answers, const Disk& disk, const DiskWork& work);
    void disk_file_found(Parts& parts, Answers& answers, const Disk& disk, const DiskFile& file, evidence::PartView* view, ByteView bytes, std::string problem);
    Result<void> read_disk_files(const Disk& disk, const DiskWork& work, std::vector<Bytes>& contents, std::vector<std::string>& problems);
    // The work that a part names for later; `bytes_at` gives the bytes of one of its places.
    using BytesAt = std::function<Result<Bytes>(const evidence::LaterView& later)>;
    void laters(Parts& parts, Answers& answers, std::size_t file, evidence::PartView& part, const BytesAt& bytes_at, unsigned depth);
    void nested_disk(Answers& answers, std::size_t file, evidence::PartView& into, std::string prefix, int fd, unsigned depth);
    void picture_text(Answers& answers, evidence::PartView& into, const std::string& step, ByteView picture);

    const std::vector<FileEntry>& files_;
    Sandbox& sandbox_;
    const ExaminationOptions& options_;
    std::uint64_t pictures_left_ = 0;
};

}  // namespace plumbline::examination
