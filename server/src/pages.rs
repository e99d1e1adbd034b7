//! The console's pages and server functions.

use crate::files;
use crate::headers::page_policy;
use crate::{Edge, join};
use api::{Error, ProjectId};
use app::App;
use app::backend::{Arrival, SignedIn, Site, accepts_html};
use app::shell::Shell;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use std::sync::{Arc, LazyLock};

pub const SIGN_IN: &str = "/sign-in";

/// The routes of all pages. Made once in a process: Leptos makes them by drawing the console without its data, and whatever page is being
/// drawn meanwhile, by another server of the same process, would wait for its data for ever.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Every page and every server function of the console.
pub fn routes(edge: &Edge) -> Router<Edge> {
    let options = LeptosOptions::builder().output_name("offing").build();
    Router::<LeptosOptions>::new()
        .leptos_routes_with_context(&options, ROUTES.clone(), context(edge), Shell)
        .with_state(options)
}

/// What each page finds in its context beside the request, and the policy that goes with its nonce.
pub fn context(edge: &Edge) -> impl Fn() + Clone + Send + Sync + 'static {
    // It is cloned with the routes that hold it: the edge is one count, and what is provided is made when it is asked for.
    let (edge, site) = (edge.clone(), files::site().map(Arc::new));
    move || {
        provide_context(edge.backend.clone());
        if let Some(site) = &site {
            provide_context(Site::clone(site));
        }
        let policy = use_nonce().and_then(|nonce| HeaderValue::from_str(&page_policy(&nonce)).ok());
        if let Some((response, policy)) = use_context::<ResponseOptions>().zip(policy) {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// Reads what the frame of a project's page shows, for those who may see it.
pub async fn arrive(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        find_arrival(&edge, &mut request).await;
    }
    next.run(request).await
}

async fn find_arrival(edge: &Edge, request: &mut Request) {
    let inside = request.uri().path().strip_prefix("/p/").and_then(|path| path.split('/').next());
    if let Some((project, signed_in)) = inside.zip(request.extensions().get::<SignedIn>()) {
        let mark = edge.cloud.hub().mark();
        let arrival = Arrival::read(&edge.backend, signed_in, project, mark).await;
        if let Some(project) = arrival.project().filter(|project| *project != ProjectId::NOWHERE) {
            note_project(edge, signed_in, project).await;
        }
        request.extensions_mut().insert(arrival);
    }
}

/// Keeps where somebody is, for the next sign-in.
async fn note_project(edge: &Edge, signed_in: &SignedIn, project: ProjectId) {
    let identity = &edge.cloud.identity;
    let noted = match identity.last_project(signed_in.user).await {
        Ok(last) if last == Some(project) => Ok(()),
        Ok(_) => identity.last_project_note(signed_in.user, project).await,
        Err(error) => Err(error),
    };
    if let Err(error) = noted {
        tracing::warn!(%error, "the project is not kept for the next sign-in");
    }
}

/// The project that somebody goes to: where they were last, if it is still open to them, or their default project, or else the first.
async fn home(edge: &Edge, signed_in: &SignedIn) -> api::Result<Option<ProjectId>> {
    let identity = &edge.backend.identity;
    for project in edge.cloud.identity.landings(signed_in.user).await? {
        if identity.caller(signed_in.user, project, &signed_in.request).await.is_ok() {
            return Ok(Some(project));
        }
    }
    Ok(identity.membership_list(signed_in.user).await?.first().map(|first| first.project))
}

/// The request for the sign-in page, with what that has to ask for.
pub async fn with_sign_in_options(edge: &Edge, mut request: Request) -> Request {
    match edge.cloud.identity.sign_in_options().await {
        Ok(options) => _ = request.extensions_mut().insert(options),
        Err(error) => tracing::warn!(%error, "the sign-in page asks for no domain"),
    }
    request
}

/// A page that is rendered beside the routes: with something more in its context, or in place of one that does not exist.
pub async fn render(edge: &Edge, mut request: Request, more: impl Fn() + Clone + Send + Sync + 'static) -> Response {
    find_arrival(edge, &mut request).await;
    let context = context(edge);
    let render = leptos_axum::render_app_async_with_context(
        move || {
            context();
            more();
        },
        Shell,
    );
    render(request).await.into_response()
}

/// The page that says that there is nothing here.
pub async fn not_found(State(edge): State<Edge>, request: Request) -> Response {
    if request.method() != Method::GET || !accepts_html(request.headers()) {
        return (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response();
    }
    let (mut parts, _) = request.into_parts();
    parts.method = Method::GET;
    let mut response = render(&edge, Request::from_parts(parts, Body::empty()), || ()).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Sends those who have not signed in to the sign-in page, and those who have past it: pages of a project are for its members, and the
/// root leads to one's last project.
pub async fn gate(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) || !accepts_html(request.headers()) {
        return next.run(request).await;
    }
    match request.extensions().get::<SignedIn>() {
        None if path == "/" => Redirect::to(SIGN_IN).into_response(),
        None if path.starts_with("/p/") => Redirect::to(&sign_in_for(&request)).into_response(),
        _ if path.starts_with(join::JOIN) => join::show(edge, request, next).await,
        None if path == SIGN_IN => next.run(with_sign_in_options(&edge, request).await).await,
        Some(signed_in) if path == "/" || path == SIGN_IN => match home(&edge, signed_in).await {
            Ok(Some(project)) => Redirect::to(&format!("/p/{project}/overview")).into_response(),
            // Their own account is open to everybody.
            Ok(None) => Redirect::to(&format!("/p/{}/account/profile", ProjectId::NOWHERE)).into_response(),
            // Their account has ended, and the session not yet.
            Err(Error::Unauthenticated) if path == "/" => Redirect::to(SIGN_IN).into_response(),
            Err(Error::Unauthenticated) => next.run(with_sign_in_options(&edge, request).await).await,
            Err(_) => next.run(request).await,
        },
        _ => next.run(request).await,
    }
}

/// The sign-in page, with the way back to what was asked for.
fn sign_in_for(request: &Request) -> String {
    let path = request.uri().path();
    // A form's error that has come back in the address has lost its form.
    let query = request.uri().query().filter(|query| !query.contains("__err="));
    let next = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    match crate::local::page(&next) {
        Some(next) => {
            format!("{SIGN_IN}?next={}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>())
        }
        None => SIGN_IN.to_owned(),
    }
}
