//! Any text is read as a date or refused, without a panic; what is read comes back when it is written by the standard.

#![no_main]

use harkara::parse::date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for country in [None, Some("IN"), Some("US"), Some("DE")] {
        let read = [date::read(text, chrono_tz::Tz::Asia__Kolkata, country), date::read_anywhere(text, country)];
        for found in read.into_iter().flatten() {
            let again = date::read_anywhere(&found.instant.to_rfc3339(), None);
            assert_eq!(again.map(|it| it.instant.to_rfc3339()), Some(found.instant.to_rfc3339()), "{text:?}");
        }
    }
});
