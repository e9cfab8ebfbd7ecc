//! An OpenID Provider for development and tests.
