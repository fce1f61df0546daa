// SPDX-License-Identifier: Apache-2.0
#include "desk/picture_desk.h"

#include "base/log.h"

namespace plumbline::desk {

Result<Bytes> PictureDesk::decoded(TipId tip, std::uint32_t n, unsigned side_max) {
    const TipContent content = TRY(parts_.opener.content(tip));
    if (n == 0 || n > content.files.size()) return fail(ErrorKind::not_found, "the tip has {} files", content.files.size());
    const Bytes bytes = TRY(parts_.opener.file(tip, n, picture_file_bytes_max));
    return parts_.decode(bytes, side_max);
}

Result<Bytes> PictureDesk::blurred(TipId tip, std::uint32_t n) { return decoded(tip, n, blurred_side_px); }

Result<Bytes> PictureDesk::shown(TipId tip, std::uint32_t n, const Session& who) {
    Bytes picture = TRY(decoded(tip, n, shown_side_px));
    TRY(parts_.store.add_exposure(who.staff, day_of(parts_.clock.now()), {0, 1}));
    log_event(LogLevel::info, "desk.picture_shown", {{"tip", tip.text()}, {"staff", who.staff.text()}});
    return picture;
}

Result<Json> PictureDesk::exposed(unsigned seconds, const Session& who) {
    if (seconds > exposure_seconds_in_call_max) return fail(ErrorKind::invalid, "seconds: at most {}", exposure_seconds_in_call_max);
    const Exposure sum = TRY(parts_.store.add_exposure(who.staff, day_of(parts_.clock.now()), {seconds, 0}));
    const bool is_long = sum.seconds >= exposure_notice_seconds;
    Json json = Json::object();
    json.set("seconds", sum.seconds).set("pictures", sum.pictures);
    json.set("notice", is_long ? "You have looked at hard pictures for half an hour or more today. Take a break; somebody else can go on." : "");
    return json;
}

}  // namespace plumbline::desk
