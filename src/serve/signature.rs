//! Signatures of pushes (WebSub section 8): `X-Hub-Signature: sha256=…`, compared in constant time.

use std::fmt::Write;

use ring::hmac;

/// The header.
pub const NAME: &str = "X-Hub-Signature";

/// The value of the header for what we send.
pub fn sign(secret: &str, body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body);
    let mut text = "sha256=".to_owned();
    for byte in tag.as_ref() {
        // Writing to memory does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether `told` is the signature of `body`, by any method that the recommendation names.
pub fn fits(secret: &str, body: &[u8], told: &str) -> bool {
    let Some((method, digits)) = told.trim().split_once('=') else { return false };
    let algorithm = match method.to_ascii_lowercase().as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return false,
    };
    let Some(tag) = bytes(digits) else { return false };
    hmac::verify(&hmac::Key::new(algorithm, secret.as_bytes()), body, &tag).is_ok()
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

/// A text of 32 hexadecimal digits that nobody can guess; `None` where the system gives no chance.
pub fn chance() -> Option<String> {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).ok()?;
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_understood_and_none_is_forged() {
        // RFC 2202 section 3 and RFC 4231 section 4.3, test case 2: key `Jefe`.
        let (key, body) = ("Jefe", b"what do ya want for nothing?");
        for told in [
            "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "SHA256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843",
            "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ] {
            assert!(fits(key, body, told), "{told}");
            assert!(!fits("other", body, told), "{told}");
            assert!(!fits(key, b"other", told), "{told}");
        }
        assert_eq!(
            sign(key, body),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        for told in [
            "",
            "sha256",
            "sha256=",
            "md5=750c783e6ab0b503eaa86e310a5db738",
            "sha256=5bdc",
            "sha256=zz",
            "=",
            "sha256=é",
        ] {
            assert!(!fits(key, body, told), "{told}");
        }
    }
}
