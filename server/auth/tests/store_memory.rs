//! The store in memory passes the suite.

use exeunt::store::MemoryStore;

exeunt::store_test_suite!(|| async { MemoryStore::new() });
