//! An OpenID Connect relying party for axum that ends every session layer it can and says which.

pub mod clock;
pub mod store;
