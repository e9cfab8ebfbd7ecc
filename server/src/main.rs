//! The Exeunt server.
fn main() {}
