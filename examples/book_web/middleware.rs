//! Two tower layers: one that is async through and through, and one whose work blocks and is kept off the executor.

use std::fs::File;
use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower::{Layer, Service};

use super::problem::Problem;

type Answer<E> = Pin<Box<dyn Future<Output = Result<Response, E>> + Send>>;

/// Measures how long each answer takes to begin, for the browser's developer tools; and sends the headers that keep a
/// page to its own style and forms. It only awaits, so it runs where the handler runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing;

impl<S> Layer<S> for Timing {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed { inner }
    }
}

/// [`Timing`] around a service.
#[derive(Debug, Clone)]
pub(crate) struct Timed<S> {
    inner: S,
}

const SAFE_HEADERS: [(&str, &str); 3] = [
    ("content-security-policy", "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
];

impl<S> Service<Request> for Timed<S>
where
    S: Service<Request, Response = Response, Future: Send + 'static>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Answer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let begun = Instant::now();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            let taken = format!("app;dur={:.1}", begun.elapsed().as_secs_f64() * 1000.0);
            if let Ok(taken) = HeaderValue::from_str(&taken) {
                response.headers_mut().insert("server-timing", taken);
            }
            for (name, value) in SAFE_HEADERS {
                response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            Ok(response)
        })
    }
}

/// Refuses what changes something and was sent by a page of another site: the browser says so. Other programs than browsers say
/// nothing of where they come from, and are no page's victims.
pub(crate) async fn own_forms_only(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_of_this_site(request.headers()) {
        return next.run(request).await;
    }
    Problem::other_site().into_response()
}

/// By `Sec-Fetch-Site`; browsers that do not send that send the address of the page's site, which is to be the one asked.
fn is_of_this_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(HeaderName::from_static("sec-fetch-site")), text(ORIGIN)) {
        // `none`: the reader's own doing, such as a bookmark.
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text(HOST),
        (None, None) => true,
    }
}

/// Writes a line per answer to a file. Writing a file blocks its thread, and a thread of the executor must never wait:
/// the other pages it serves would wait with it. So the writing is done on a thread of tokio's for such work.
#[derive(Debug, Clone)]
pub(crate) struct AccessLog {
    file: Arc<Mutex<File>>,
}

impl AccessLog {
    pub(crate) fn new(file: File) -> Self {
        Self { file: Arc::new(Mutex::new(file)) }
    }

    fn write(&self, line: &str) -> std::io::Result<()> {
        // A line is written at once or not at all, so a writer that panicked left nothing to mend.
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())
    }
}

impl<S> Layer<S> for AccessLog {
    type Service = Logged<S>;

    fn layer(&self, inner: S) -> Logged<S> {
        Logged { inner, log: self.clone() }
    }
}

/// [`AccessLog`] around a service.
#[derive(Debug, Clone)]
pub(crate) struct Logged<S> {
    inner: S,
    log: AccessLog,
}

impl<S> Service<Request> for Logged<S>
where
    S: Service<Request, Response = Response, Error: Send, Future: Send + 'static>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Answer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let log = self.log.clone();
        // The path without its query: what people search for is their own business.
        let asked = format!("{} {}", request.method(), request.uri().path());
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            let line = format!("{} {asked} {}\n", chrono::Utc::now().format("%FT%TZ"), response.status().as_u16());
            match tokio::task::spawn_blocking(move || log.write(&line)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the access log cannot be written"),
                Err(error) => tracing::warn!(%error, "the access log's writer failed"),
            }
            Ok(response)
        })
    }
}
