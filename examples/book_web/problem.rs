//! The pages for everything that went wrong: they say what happened and what to do, and nothing about the inside.

use std::hash::{BuildHasher, RandomState};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use dormouse::{Error, ErrorKind};
use serde_json::json;

use super::views::ProblemPage;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    explanation: String,
    cause: Option<Error>,
}

impl Problem {
    fn new(status: StatusCode, explanation: impl Into<String>) -> Self {
        Self { status, explanation: explanation.into(), cause: None }
    }

    pub(crate) fn bad_request(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, explanation)
    }

    pub(crate) fn not_found(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, explanation)
    }

    /// The answer for a form that was sent from a page of another site.
    pub(crate) fn other_site() -> Self {
        let explanation = "This form was sent by a page of another site, so nothing was changed. Open the book here, and send it again.";
        Self::new(StatusCode::FORBIDDEN, explanation)
    }

    pub(crate) fn address_too_long(explanation: impl Into<String>) -> Self {
        Self::new(StatusCode::URI_TOO_LONG, explanation)
    }

    /// The answer for a form that axum could not read: its status says why (too large, not a form).
    pub(crate) fn unreadable_form(status: StatusCode) -> Self {
        let explanation = match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                "The form is larger than any book needs. Shorten the text and send it again."
            }
            StatusCode::REQUEST_TIMEOUT => "The form did not arrive in time. Send it again.",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "Only a form, as the page sends it, is understood here.",
            _ => "The form cannot be read: each field must be there once at most, and be text.",
        };
        Self::new(status, explanation)
    }

    /// The answer for a fault of our own that is no error of the database.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something failed on our side.")
    }

    /// Logs the cause, with a reference that the reader is told, too: the page itself says nothing of the inside.
    fn explain(mut self) -> Self {
        if self.status.is_server_error() {
            let reference = format!("{:08x}", RandomState::new().hash_one(()) >> 32);
            match &self.cause {
                Some(cause) => tracing::error!(reference, error = %chain(cause), "a page failed"),
                None => tracing::error!(reference, "a page failed"),
            }
            self.explanation.push_str(&format!(" It was written to the log under the reference {reference}."));
        }
        self
    }
}

/// An error of the database becomes a page. Only its kind decides the words; its text goes to the log.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let mut problem = match error.kind() {
            ErrorKind::DoesNotExist { .. } => Self::not_found("There is no such book; perhaps it was deleted."),
            ErrorKind::Connection { .. } | ErrorKind::Timeout { .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "The database cannot be reached just now. Try again later.")
            }
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The database could not answer what this page asks."),
        };
        problem.cause = Some(error);
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, explanation, .. } = self.explain();
        (status, ProblemPage { status: status.as_u16(), reason: reason(status), explanation: &explanation })
            .into_response()
    }
}

/// The same for a program: `{"status": 404, "error": "…"}`.
pub(crate) struct JsonProblem(Problem);

impl<T: Into<Problem>> From<T> for JsonProblem {
    fn from(problem: T) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for JsonProblem {
    fn into_response(self) -> Response {
        let Problem { status, explanation, .. } = self.0.explain();
        (status, Json(json!({ "status": status.as_u16(), "error": explanation }))).into_response()
    }
}

/// The heading of a page.
fn reason(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::FORBIDDEN => "Not from there",
        StatusCode::REQUEST_TIMEOUT => "Too slow",
        StatusCode::METHOD_NOT_ALLOWED => "Not possible here",
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => "Too long",
        StatusCode::SERVICE_UNAVAILABLE => "Not available",
        status if status.is_server_error() => "Something went wrong",
        _ => "That did not work",
    }
}

/// An error and its causes on one line, each told once.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// The answer for every address that leads nowhere.
pub(crate) async fn nowhere() -> Problem {
    Problem::not_found("There is no page at this address.")
}

/// The answer for a method that a page does not have.
pub(crate) async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This page cannot be asked in that way.")
}
