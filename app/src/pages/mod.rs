//! The pages, one to a file.

mod account;
mod fault;
mod home;
mod logged_out;
mod not_found;
mod own_sessions;
mod unreachable;

pub(crate) use self::{
    account::Account, fault::Fault, home::Home, logged_out::LoggedOut, not_found::NotFound,
    own_sessions::OwnSessions, unreachable::Unreachable,
};
