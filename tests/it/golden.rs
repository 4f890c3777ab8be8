//! Golden files: what a test made must be what stands in `fixtures/`; `BLESS=1` writes it there instead.

use std::path::Path;

/// Compares `bytes` with the golden file at `path` (below `fixtures/`).
pub fn check(path: &str, bytes: &[u8]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(file.parent().expect("below fixtures")).expect("fixtures can be written");
        std::fs::write(&file, bytes).expect("fixtures can be written");
        return;
    }
    let golden = std::fs::read(&file).unwrap_or_default();
    if golden == bytes {
        return;
    }
    let (golden, made) = (String::from_utf8_lossy(&golden), String::from_utf8_lossy(bytes));
    let differs = golden.lines().zip(made.lines()).position(|(a, b)| a != b);
    let at = differs.unwrap_or_else(|| golden.lines().count().min(made.lines().count()));
    panic!(
        "fixtures/{path}, line {}:\n  golden: {}\n  made:   {}\n(if the new text is right: BLESS=1 cargo test)",
        at + 1,
        golden.lines().nth(at).unwrap_or("(end)"),
        made.lines().nth(at).unwrap_or("(end)"),
    );
}
