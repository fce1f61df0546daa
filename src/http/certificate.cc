// SPDX-License-Identifier: Apache-2.0
// Makes the self-signed certificate that a listener starts with, by OpenSSL's own API.
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>

#include "http/client.h"

namespace plumbline {

namespace {
template <auto free_it>
struct Freed {
    template <class T>
    void operator()(T* thing) const {
        free_it(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
struct BioFreed {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, BioFreed>;

Result<Sha256> fingerprint_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size <= 0) return fail(ErrorKind::corrupt, "the certificate cannot be written as DER");
    const Sha256 hash = sha256(std::as_bytes(std::span(der, static_cast<std::size_t>(size))));
    OPENSSL_free(der);
    return hash;
}

Result<Sha256> fingerprint_of_file(const std::string& path) {
    const Bio file(BIO_new_file(path.c_str(), "rb"));
    if (!file) return fail(ErrorKind::unavailable, "certificate {}: cannot be read", path);
    const Certificate certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
    if (!certificate) return fail(ErrorKind::corrupt, "certificate {}: not PEM", path);
    return fingerprint_of(certificate.get());
}

Result<void> write_file(const std::string& path, BIO* memory, mode_t mode) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return fail(ErrorKind::unavailable, "{}: {}", path, std::strerror(errno));
    const bool is_written = ::write(file, text, static_cast<std::size_t>(size)) == size && ::fsync(file) == 0;
    ::close(file);
    if (is_written) return {};
    ::unlink(path.c_str());
    return fail(ErrorKind::unavailable, "{}: cannot be written", path);
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    if (extension == nullptr) return false;
    const bool is_added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

Result<Certificate> signed_certificate(EVP_PKEY* key, const std::string& host) {
    Certificate certificate(X509_new());
    unsigned char serial[16];
    if (!certificate || RAND_bytes(serial, sizeof serial) != 1) return fail(ErrorKind::unavailable, "no certificate could be made");
    serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);  // positive and of full length, RFC 5280 section 4.1.2.2
    BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
    BN_free(number);
    X509_set_version(certificate.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -24L * 3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 10L * 365 * 24 * 3600);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, uchar(view(host)), static_cast<int>(host.size()), -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    const bool is_address = host.find_first_not_of("0123456789.") == std::string::npos || host.find(':') != std::string::npos;
    const bool is_complete = add_extension(certificate.get(), NID_subject_alt_name, (is_address ? "IP:" : "DNS:") + host) &&
                             add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                             add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
                             X509_sign(certificate.get(), key, EVP_sha256()) > 0;
    if (!is_complete) return fail(ErrorKind::invalid, "no certificate could be made for the host name \"{}\"", host);
    return certificate;
}
}  // namespace

Result<Sha256> ensure_certificate(const std::string& certificate_path, const std::string& key_path, std::string_view host_name) {
    const bool has_certificate = ::access(certificate_path.c_str(), F_OK) == 0;
    const bool has_key = ::access(key_path.c_str(), F_OK) == 0;
    if (has_certificate && has_key) return fingerprint_of_file(certificate_path);
    if (has_certificate) return fail(ErrorKind::conflict, "{} is there, but not its key {}", certificate_path, key_path);
    if (host_name.empty() || host_name.size() > 64 || host_name.find_first_of(",/ \n") != std::string_view::npos)
        return fail(ErrorKind::invalid, "a certificate needs a host name of 1 to 64 letters");
    // A key without a certificate is what a crash between the two writes leaves: it is used.
    Key key;
    if (has_key) {
        const Bio file(BIO_new_file(key_path.c_str(), "rb"));
        if (file) key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
        if (!key) return fail(ErrorKind::corrupt, "key {}: not PEM", key_path);
    } else {
        key.reset(EVP_EC_gen("P-256"));
        const Bio text(BIO_new(BIO_s_mem()));
        if (!key || !text || PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
            return fail(ErrorKind::unavailable, "no key could be made");
        TRY(write_file(key_path, text.get(), 0600));
    }
    const Certificate certificate = TRY(signed_certificate(key.get(), std::string(host_name)));
    const Bio text(BIO_new(BIO_s_mem()));
    if (!text || PEM_write_bio_X509(text.get(), certificate.get()) != 1) return fail(ErrorKind::unavailable, "no certificate could be made");
    TRY(write_file(certificate_path, text.get(), 0644));
    return fingerprint_of(certificate.get());
}

}  // namespace plumbline
