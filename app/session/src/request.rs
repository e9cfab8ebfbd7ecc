//! Requests that change something, to routes that are no server functions.

use gloo_net::http::Request;

use crate::error::SessionError;

/// Posts a form (`name=value&…`, encoded) and gives the status of the answer. In the browser only.
pub(crate) async fn post(address: &str, form: String) -> Result<u16, SessionError> {
    let request = Request::post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(form)
        .map_err(|_| SessionError::Protocol)?;
    match request.send().await {
        Ok(answer) => Ok(answer.status()),
        Err(_) => Err(SessionError::Unreachable),
    }
}
