// SPDX-License-Identifier: Apache-2.0
// Feature files and histograms as bulk_extractor 2 writes them, so that tools made for those read ours: one folder, one
// file a kind (email.txt, url.txt, ccn.txt ...), lines "PLACE<TAB>FEATURE<TAB>CONTEXT", and NAME_histogram.txt with
// "n=COUNT<TAB>FEATURE". docs/formats/features.md says where ours differ.
#pragma once
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <unordered_map>

#include "examination/examination.h"

namespace plumbline::examination {

class FeatureFiles final : public PieceSink {
  public:
    // Makes `folder` and its files. `source` names what was examined, for the heads of the files. With several files each
    // place starts with the file's path. conflict: the folder holds feature files already; unavailable: it cannot be made.
    static Result<std::unique_ptr<FeatureFiles>> make(const std::string& folder, const std::string& source, bool has_many_files);
    ~FeatureFiles() override;
    Rendered render(const Piece& piece) override;
    Result<void> take(const Work& work, Rendered&& rendered) override;
    // Writes the histograms and closes everything.
    Result<void> finish();

    // Called with what take() was given, for talk and progress.
    std::function<Result<void>(const Work&, const Rendered&)> on_taken;

  private:
    struct Count {
        std::uint64_t all = 0;
        std::uint64_t utf16 = 0;
    };
    struct Recorder {
        std::FILE* file = nullptr;
        std::unordered_map<std::string, Count> counts;
        std::uint64_t not_counted = 0;
    };
    explicit FeatureFiles(std::string folder, std::string source, bool has_many_files)
        : folder_(std::move(folder)), source_(std::move(source)), has_many_files_(has_many_files) {}
    Result<std::FILE*> open(const std::string& name, const std::string& recorder, std::string_view version) const;
    Result<void> write_histogram(const std::string& name, const std::string& recorder, const std::unordered_map<std::string, Count>& counts, std::uint64_t not_counted);
    Result<void> take_lines(const std::string& recorder, std::string_view lines);

    std::string folder_;
    std::string source_;
    bool has_many_files_;
    std::map<std::string, Recorder, std::less<>> recorders_;
};

// `bytes` with everything but printable UTF-8 as \xHH, and the backslash too.
std::string feature_escaped(std::string_view bytes);

}  // namespace plumbline::examination
