//! placeholder
#[derive(Debug)]
/// x
pub struct Settings;
