//! The site: which address is answered by whom, and what every request passes through.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::{Listener, ListenerExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

use super::edit::FormView;
use super::middleware::{AccessLog, Timing, own_forms_only};
use super::problem::{self, Problem};
use super::{feeds, pages, routes};

/// The largest form that is read, in bytes: a few times what fits into its fields.
const LARGEST_FORM: usize = 64 * 1024;

/// Sends each piece of a streamed page at once. Without TCP_NODELAY the kernel keeps a small piece back until the browser has
/// acknowledged the one before, which takes up to 40 ms on a connection that is kept alive.
pub(crate) fn sending_at_once(listener: TcpListener) -> impl Listener<Io = TcpStream, Addr = SocketAddr> {
    listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set: pages arrive later");
        }
    })
}

/// The whole site, ready to be served. It asks the default database, or the one of the scope it is called in.
pub(crate) fn router(access_log: AccessLog) -> Router {
    // A request goes through these from top to bottom, its answer from bottom to top.
    let layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(access_log)
        .layer(Timing)
        .layer(DefaultBodyLimit::max(LARGEST_FORM));
    Router::new()
        .route(routes::LIST.pattern(), get(pages::list))
        .route(routes::ADD.pattern(), get(FormView::Add).post(FormView::Add))
        .route(routes::DETAIL.pattern(), get(pages::detail))
        .route(routes::EDIT.pattern(), get(FormView::Edit).post(FormView::Edit))
        .route(routes::DELETE.pattern(), get(pages::confirm_delete).post(pages::delete))
        .route(routes::JSON.pattern(), get(feeds::json))
        .route(routes::NDJSON.pattern(), get(feeds::ndjson))
        .route(routes::STYLE.pattern(), get(pages::style))
        .route(routes::ICON.pattern(), get(pages::icon))
        .fallback(problem::nowhere)
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(from_fn(own_forms_only))
        // A handler that panics is a page, too, and not a connection that ends.
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .layer(layers)
}
