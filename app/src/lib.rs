//! The Exeunt reference application.
