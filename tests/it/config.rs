//! The configuration as the owner sees it: exact messages for mistakes.

#[test]
fn show() {
    for f in ["/tmp/good.toml", "/tmp/bad.toml"] {
        let t = std::fs::read_to_string(f).unwrap();
        match harkara::config::parse(&t, "harkara.toml", std::path::Path::new("/srv")) {
            Ok(c) => println!("{c:#?}\n{}", c.warnings),
            Err(m) => println!("{m}"),
        }
    }
}
