//! Bytes to drafts. (Only the OPML reader yet.)

pub mod opml;
