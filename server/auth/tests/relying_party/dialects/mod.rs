//! Dialects: each provider is asked in its own words (issue point 7, invariant I8).

use super::support;

mod choice;
mod next_login;
mod parameters;
mod products;
