//! Signing in.

use super::support;

mod journey;
