//! Errors that are shown here, because there is nobody trustworthy to send the browser to.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::frame::page;
use super::html::escape;
use crate::parameters::ParametersError;
use crate::random::RandomSourceFailed;

/// A page that says what is wrong, and redirects nowhere.
#[derive(Debug)]
pub(crate) struct ErrorPage {
    status: StatusCode,
    problem: String,
}

impl ErrorPage {
    pub(crate) fn bad_request(problem: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            problem: problem.into(),
        }
    }

    #[cfg(feature = "script")]
    pub(crate) fn method_not_allowed(problem: impl Into<String>) -> Self {
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            problem: problem.into(),
        }
    }

    pub(crate) fn forbidden(problem: impl Into<String>) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            problem: problem.into(),
        }
    }
}

impl From<ParametersError> for ErrorPage {
    fn from(error: ParametersError) -> Self {
        Self::bad_request(format!("The request could not be read: {error}."))
    }
}

impl From<RandomSourceFailed> for ErrorPage {
    fn from(error: RandomSourceFailed) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            problem: error.to_string(),
        }
    }
}

impl IntoResponse for ErrorPage {
    fn into_response(self) -> Response {
        tracing::debug!(problem = self.problem, "refused with a page");
        // A fault of ours may come after something was done; a refusal never does.
        let detail = match self.status {
            StatusCode::INTERNAL_SERVER_ERROR => "",
            _ => "<p class=\"detail\">This request changed nothing: nobody was signed in or out by it.</p>\n",
        };
        let body = format!(
            "<h1>This request cannot be answered</h1>\n<p role=\"alert\">{}</p>\n{detail}",
            escape(&self.problem)
        );
        page(self.status, "Error", &body, &[])
    }
}
