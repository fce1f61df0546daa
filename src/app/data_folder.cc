// SPDX-License-Identifier: Apache-2.0
#include "app/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace plumbline::app {

namespace {

class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return value_; }

  private:
    int value_;
};

tl::unexpected<Error> world(const std::string& path, std::string_view what) {
    const ErrorKind kind = errno == ENOENT ? ErrorKind::not_found : errno == EACCES || errno == EPERM ? ErrorKind::denied : ErrorKind::unavailable;
    return fail(kind, "{}: {}: {}", path, what, std::strerror(errno));
}

std::string parent_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

// A secret's text with the check that nobody else can read its file.
Result<std::string> read_secret_text(const std::string& path) {
    keep_out_of_dumps();
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return world(path, "cannot be read");
    const std::string text = TRY(read_small_file(path));
    if (auto safe = seal::check_secret_file_mode(text, status.st_mode); !safe) return fail_in(path, safe.error());
    return text;
}

Result<void> sync_folder(const std::string& path) {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0 || ::fsync(folder.get()) != 0) return world(path, "cannot be made durable");
    return {};
}

// Held while keys are made, so that two processes that start at once end with one set. The lock goes with the descriptor.
Result<std::unique_ptr<Descriptor>> lock_keys(const std::string& folder) {
    const std::string path = folder + "/lock";
    auto lock = std::make_unique<Descriptor>(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock->get() < 0) return world(path, "cannot be made");
    while (::flock(lock->get(), LOCK_EX) != 0)
        if (errno != EINTR) return world(path, "cannot be locked");
    return lock;
}

template <class Read>
auto with_path(const std::string& path, Read read) -> decltype(read()) {
    auto value = read();
    if (!value) return fail_in(path, value.error());
    return value;
}

Result<void> ensure_signing_key(const std::string& secret_path, const std::string& public_path, Entropy& entropy) {
    if (!file_exists(secret_path)) {
        const seal::SigningKeys keys = seal::make_signing_keys(entropy);
        TRY(write_small_file(secret_path, TRY(seal::signing_key_text(keys.secret, std::nullopt, entropy)), 0600));
    }
    if (file_exists(public_path)) return {};
    const seal::SigningKey secret = TRY(seal::signing_key_from(TRY(read_secret_text(secret_path)), std::nullopt));
    return write_small_file(public_path, seal::verify_key_text(seal::verify_key_of(secret)), 0644);
}

std::optional<std::string_view> view_of(const std::optional<std::string>& passphrase) {
    if (!passphrase) return std::nullopt;
    return *passphrase;
}

// The secret half comes first: what a crash between the two leaves is a secret whose public half can be told again.
Result<void> ensure_desk_key(const KeyPaths& paths, const std::optional<std::string>& passphrase, Entropy& entropy) {
    if (!file_exists(paths.desk_secret)) {
        if (file_exists(paths.desk_public))
            return fail(ErrorKind::conflict, "{} is here and {} is not: this folder's tips can be opened only where the secret key is", paths.desk_public, paths.desk_secret);
        const seal::BoxKeys desk = seal::make_box_keys(entropy);
        TRY(write_small_file(paths.desk_secret, TRY(seal::secret_key_text(desk.secret, seal::KeyRole::desk, view_of(passphrase), entropy)), 0600));
    }
    if (file_exists(paths.desk_public)) return {};
    const std::string text = TRY(read_secret_text(paths.desk_secret));
    const auto secret = seal::secret_key_from(text, seal::KeyRole::desk, view_of(passphrase));
    if (!secret) return fail_in(paths.desk_secret, secret.error());
    return write_small_file(paths.desk_public, seal::public_key_text(seal::public_key_of(*secret), seal::KeyRole::desk), 0644);
}

// As the desk key; but a folder that has the public half alone stays so: the secret one may be kept elsewhere.
Result<void> ensure_identity_key(const KeyPaths& paths, const std::optional<std::string>& passphrase, Entropy& entropy) {
    if (file_exists(paths.identity_public)) return {};
    if (!file_exists(paths.identity_secret)) {
        const seal::BoxKeys keys = seal::make_box_keys(entropy);
        TRY(write_small_file(paths.identity_secret, TRY(seal::secret_key_text(keys.secret, seal::KeyRole::identity, view_of(passphrase), entropy)), 0600));
    }
    const std::string text = TRY(read_secret_text(paths.identity_secret));
    const auto secret = seal::secret_key_from(text, seal::KeyRole::identity, view_of(passphrase));
    if (!secret) return fail_in(paths.identity_secret, secret.error());
    return write_small_file(paths.identity_public, seal::public_key_text(seal::public_key_of(*secret), seal::KeyRole::identity), 0644);
}

}  // namespace

void keep_out_of_dumps() {
    const struct rlimit none {0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

bool file_exists(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

Result<void> make_folder(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return {};
    const std::string parent = parent_of(path);
    if (parent != path) TRY(make_folder(parent));
    if (::mkdir(path.c_str(), 0755) != 0 && !(errno == EEXIST && std::filesystem::is_directory(path, ignored))) return world(path, "cannot be made");
    // A file that is durable in a folder whose own name is not yet on the disk would still be lost.
    return sync_folder(parent);
}

Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return world(path, "cannot be read");
    std::string text;
    char buffer[16384];
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return world(path, "cannot be read");
        if (count == 0) return text;
        text.append(buffer, static_cast<std::size_t>(count));
        if (text.size() > bytes_max) return fail(ErrorKind::too_large, "{}: over {} bytes", path, bytes_max);
    }
}

Result<void> write_small_file(const std::string& path, std::string_view text, unsigned mode) {
    const std::string temporary = path + ".new";
    {
        const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
        if (file.get() < 0) return world(temporary, "cannot be written");
        for (std::string_view rest = text; !rest.empty();) {
            const ssize_t count = ::write(file.get(), rest.data(), rest.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return world(temporary, "cannot be written");
            rest.remove_prefix(static_cast<std::size_t>(count));
        }
        if (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0) return world(temporary, "cannot be made durable");
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) return world(path, "cannot be put in place");
    return sync_folder(parent_of(path));
}

Result<std::optional<std::string>> read_passphrase(const std::string& path) {
    if (path.empty()) return std::optional<std::string>();
    std::string text = TRY(read_small_file(path, 4096));
    if (const std::size_t end = text.find('\n'); end != std::string::npos) text.erase(end);
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (text.empty()) return fail(ErrorKind::invalid, "{}: its first line is empty", path);
    return std::optional<std::string>(std::move(text));
}

KeyPaths::KeyPaths(const std::string& data)
    : folder(data + "/keys"),
      desk_public(folder + "/desk.pub"),
      desk_secret(folder + "/desk.key"),
      identity_public(folder + "/identity.pub"),
      identity_secret(folder + "/identity.key"),
      receipt_public(folder + "/receipt.pub"),
      receipt_secret(folder + "/receipt.key"),
      ledger_public(folder + "/ledger.pub"),
      ledger_secret(folder + "/ledger.key"),
      dedup_secret(folder + "/dedup.secret") {}

Result<void> ensure_keys(const std::string& data, const std::optional<std::string>& passphrase, bool with_desk_secret, Entropy& entropy) {
    keep_out_of_dumps();
    const KeyPaths paths(data);
    TRY(make_folder(paths.folder));
    const auto lock = TRY(lock_keys(paths.folder));
    if (with_desk_secret) TRY(ensure_desk_key(paths, passphrase, entropy));
    if (with_desk_secret) TRY(ensure_identity_key(paths, passphrase, entropy));
    TRY(ensure_signing_key(paths.receipt_secret, paths.receipt_public, entropy));
    if (with_desk_secret) TRY(ensure_signing_key(paths.ledger_secret, paths.ledger_public, entropy));
    if (!file_exists(paths.dedup_secret)) {
        ByteArray<32> secret;
        entropy.fill(secret);
        TRY(write_small_file(paths.dedup_secret, to_hex(secret) + "\n", 0600));
    }
    return {};
}

Result<seal::PublicKey> read_desk_public_key(const std::string& data) {
    const std::string path = KeyPaths(data).desk_public;
    if (!file_exists(path))
        return fail(ErrorKind::not_found, "{} is missing: make keys with `plumbline keys make` where the desk runs and copy desk.pub here", path);
    return with_path(path, [&path]() -> Result<seal::PublicKey> { return seal::public_key_from(TRY(read_small_file(path)), seal::KeyRole::desk); });
}

Result<seal::SecretKey> read_desk_secret_key(const std::string& data, const std::optional<std::string>& passphrase) {
    const std::string path = KeyPaths(data).desk_secret;
    const std::string text = TRY(read_secret_text(path));
    auto secret = seal::secret_key_from(text, seal::KeyRole::desk, view_of(passphrase));
    if (!secret) return fail_in(path, secret.error());
    // A folder whose two halves do not fit would seal tips that nobody can open.
    const seal::PublicKey stated = TRY(read_desk_public_key(data));
    if (seal::public_key_of(*secret) != stated) return fail(ErrorKind::corrupt, "{} is not the key of {}", path, KeyPaths(data).desk_public);
    return secret;
}

Result<seal::PublicKey> read_identity_public_key(const std::string& data) {
    const std::string path = KeyPaths(data).identity_public;
    if (!file_exists(path))
        return fail(ErrorKind::not_found, "{} is missing: it stands beside desk.pub where the desk runs (one that starts makes it); copy it here", path);
    return with_path(path, [&path]() -> Result<seal::PublicKey> { return seal::public_key_from(TRY(read_small_file(path)), seal::KeyRole::identity); });
}

Result<seal::SecretKey> read_identity_secret_key(const std::string& data, const std::optional<std::string>& passphrase) {
    const std::string path = KeyPaths(data).identity_secret;
    const std::string text = TRY(read_secret_text(path));
    auto secret = seal::secret_key_from(text, seal::KeyRole::identity, view_of(passphrase));
    if (!secret) return fail_in(path, secret.error());
    if (seal::public_key_of(*secret) != TRY(read_identity_public_key(data)))
        return fail(ErrorKind::corrupt, "{} is not the key of {}", path, KeyPaths(data).identity_public);
    return secret;
}

Result<seal::SigningKey> read_receipt_key(const std::string& data) {
    const std::string path = KeyPaths(data).receipt_secret;
    return with_path(path, [&path]() -> Result<seal::SigningKey> { return seal::signing_key_from(TRY(read_secret_text(path)), std::nullopt); });
}

Result<seal::SigningKey> read_ledger_key(const std::string& data) {
    const std::string path = KeyPaths(data).ledger_secret;
    return with_path(path, [&path]() -> Result<seal::SigningKey> { return seal::signing_key_from(TRY(read_secret_text(path)), std::nullopt); });
}

Result<seal::VerifyKey> read_verify_key(const std::string& path) {
    return with_path(path, [&path]() -> Result<seal::VerifyKey> { return seal::verify_key_from(TRY(read_small_file(path))); });
}

Result<Bytes> read_dedup_secret(const std::string& data) {
    const std::string path = KeyPaths(data).dedup_secret;
    std::string text = TRY(read_small_file(path));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const Bytes secret = TRY(with_path(path, [&text]() -> Result<Bytes> { return from_hex(text); }));
    if (secret.size() != 32) return fail(ErrorKind::corrupt, "{}: not 32 bytes", path);
    return secret;
}

}  // namespace plumbline::app
