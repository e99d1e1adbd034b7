//! Keystone's API over HTTP: tokens, what they stand for and what ends them.

use crate::client::{Answer, Client};
use crate::world::{PASSWORD, World, world};
use api::credential::{CredentialForm, Credentials as _, NewCredential};
use api::directory::Directory as _;
use api::{Caller, ProjectId, Role, UserId};
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use sqlx::Row as _;
use std::collections::BTreeSet;
use std::time::Duration;

pub const TOKENS: &str = "/identity/v3/auth/tokens";

/// A program without cookies, that sends no `Origin`.
pub async fn send(world: &World, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let client = Client::new(world.router.clone());
    let request =
        headers.iter().fold(client.request(method, path), |request, (name, value)| request.header(*name, *value));
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    client.send(request.header("content-type", "application/json").body(body).unwrap()).await
}

pub async fn get(world: &World, token: &str, path: &str) -> Answer {
    send(world, Method::GET, path, &[("x-auth-token", token)], Value::Null).await
}

pub fn by_password(name: &str, password: &str, scope: Value) -> Value {
    let user = json!({"name": name, "domain": {"name": "Default"}, "password": password});
    let mut auth = json!({"identity": {"methods": ["password"], "password": {"user": user}}});
    if !scope.is_null() {
        auth["scope"] = scope;
    }
    json!({"auth": auth})
}

pub fn by_credential(id: &str, secret: &str) -> Value {
    let with = json!({"id": id, "secret": secret});
    json!({"auth": {"identity": {"methods": ["application_credential"], "application_credential": with}}})
}

pub fn by_token(token: &str, scope: Value) -> Value {
    json!({"auth": {"identity": {"methods": ["token"], "token": {"id": token}}, "scope": scope}})
}

pub fn in_project(project: ProjectId) -> Value {
    json!({"project": {"id": project.to_string()}})
}

pub async fn ask(world: &World, body: Value) -> Answer {
    send(world, Method::POST, TOKENS, &[], body).await
}

/// The token of a request that is granted.
pub async fn issued(world: &World, body: Value) -> String {
    let answer = ask(world, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.header("x-subject-token").to_owned()
}

/// A project `p` with the member `ann`.
pub async fn ann() -> (World, ProjectId, UserId, Caller) {
    let world = world().await;
    let project = world.project("p").await;
    let user = world.user("ann", project, Role::Member).await;
    let caller = world.caller(user, project).await;
    (world, project, user, caller)
}

pub fn form(name: &str) -> CredentialForm {
    CredentialForm { name: name.into(), ..CredentialForm::default() }
}

pub async fn credential(world: &World, caller: &Caller, form: CredentialForm) -> NewCredential {
    world.cloud.identity.credential_create(caller, form).await.unwrap_or_else(|error| panic!("{error}"))
}

/// A token of a new credential.
pub async fn with_credential(world: &World, caller: &Caller, form: CredentialForm) -> (NewCredential, String) {
    let made = credential(world, caller, form).await;
    let token = issued(world, by_credential(&made.credential.id.to_string(), &made.secret)).await;
    (made, token)
}

pub fn own(user: UserId) -> String {
    format!("/identity/v3/users/{user}/application_credentials")
}

/// Whether the token still opens anything.
pub async fn lives(world: &World, token: &str) -> bool {
    match get(world, token, "/identity/v3/auth/catalog").await.status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn every_route_takes_a_token() {
    let (world, project, user, _) = ann().await;
    world.user("bob", world.project("q").await, Role::Manager).await;
    let routes = [
        (TOKENS, vec!["GET", "HEAD", "DELETE"]),
        ("/identity/v3/auth/catalog", vec!["GET"]),
        ("/identity/v3/users/{user}/application_credentials", vec!["GET", "POST"]),
        ("/identity/v3/users/{user}/application_credentials/{id}", vec!["GET", "DELETE"]),
    ];
    let open = ["/identity", "/identity/", "/identity/v3", "/identity/v3/", "/identity/{*rest}"];
    let source = include_str!("../../src/identity_api/mod.rs");
    let there = source.split(".route(").skip(1).filter_map(|rest| rest.split('"').nth(1));
    let known = routes.iter().map(|(path, _)| *path).chain(open);
    assert_eq!(there.collect::<BTreeSet<_>>(), known.collect::<BTreeSet<_>>());

    let bob = issued(&world, by_password("bob", PASSWORD, Value::Null)).await;
    let ann = issued(&world, by_password("ann", PASSWORD, in_project(project))).await;
    for (path, methods) in routes {
        let path = path.replace("{user}", &user.to_string()).replace("{id}", crate::unauthorized::NOBODY);
        for method in methods {
            let method: Method = method.parse().unwrap();
            let what = format!("{method} {path}");
            for headers in [&[][..], &[("x-auth-token", "x")][..], &[("x-user-id", "x"), ("x-roles", "admin")][..]] {
                let answer = send(&world, method.clone(), &path, headers, Value::Null).await;
                assert_eq!(answer.status, 401, "{what} without a token");
                assert_eq!(answer.header("www-authenticate"), "Keystone uri=\"http://cloud.example/identity\"");
            }
            // Nobody learns of another's tokens and credentials that there are any.
            let headers = [("x-auth-token", bob.as_str()), ("x-subject-token", ann.as_str())];
            let answer = send(&world, method, &path, &headers, json!({"application_credential": {"name": "x"}})).await;
            let expected = if path.ends_with("catalog") || path.contains("users") { [403, 403] } else { [404, 404] };
            assert!(expected.contains(&answer.status), "{what} by a stranger: {}", answer.status);
        }
    }
    let bob =
        issued(&world, by_password("bob", PASSWORD, json!({"project": {"name": "q", "domain": {"name": "Default"}}})))
            .await;
    assert_eq!(get(&world, &bob, &own(user)).await.status, 404, "ann's credentials, to bob in his project");
    assert!(lives(&world, &ann).await);
}

#[tokio::test]
async fn versions_are_told_to_everybody() {
    let world = world().await;
    let answer = send(&world, Method::GET, "/identity", &[], Value::Null).await;
    assert_eq!(answer.status, 300);
    let version = &answer.json()["versions"]["values"][0];
    assert_eq!(version["links"][0]["href"], "http://cloud.example/identity/v3/");
    let answer = send(&world, Method::GET, "/identity/v3", &[], Value::Null).await;
    assert_eq!((answer.status, &answer.json()["version"]), (200, version));
    let answer = send(&world, Method::GET, "/identity/v3/nothing", &[], Value::Null).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["error"]["title"], "Not Found");
}

#[tokio::test]
async fn a_token_says_what_it_stands_for() {
    let (world, project, user, _) = ann().await;
    let answer = ask(&world, by_password("ann", PASSWORD, in_project(project))).await;
    assert_eq!(answer.status, 201);
    let stands_for = answer.json()["token"].clone();
    assert_eq!(stands_for["methods"], json!(["password"]));
    assert_eq!(stands_for["user"]["id"], user.to_string());
    assert_eq!(stands_for["project"]["name"], "p");
    assert_eq!(
        stands_for["roles"].as_array().unwrap().iter().map(|role| &role["name"]).collect::<Vec<_>>(),
        ["member", "reader"]
    );
    assert!(stands_for["expires_at"].as_str().unwrap().starts_with("2026-01-01T01:00:00."), "in an hour");
    assert_eq!(stands_for["catalog"][0]["endpoints"][0]["url"], "http://cloud.example/identity");
    let token = answer.header("x-subject-token").to_owned();
    let headers = [("x-auth-token", token.as_str()), ("x-subject-token", token.as_str())];
    let shown = send(&world, Method::GET, TOKENS, &headers, Value::Null).await;
    assert_eq!((shown.status, &shown.json()["token"]), (200, &stands_for));
    let short = send(&world, Method::GET, &format!("{TOKENS}?nocatalog"), &headers, Value::Null).await;
    assert!(short.json()["token"].get("catalog").is_none());
    assert_eq!(send(&world, Method::HEAD, TOKENS, &headers, Value::Null).await.status, 200);
    assert_eq!(send(&world, Method::DELETE, TOKENS, &headers, Value::Null).await.status, 204);
    assert!(!lives(&world, &token).await);
}

#[tokio::test]
async fn users_and_projects_are_found_by_name_and_by_id() {
    let (world, project, user, _) = ann().await;
    let by_id = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": {"id": user.to_string(), "password": PASSWORD}}}}});
    let answer = ask(&world, by_id).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(answer.json()["token"].get("project").is_none(), "unscoped");
    let unscoped = answer.header("x-subject-token").to_owned();
    assert_eq!(get(&world, &unscoped, "/identity/v3/auth/catalog").await.status, 403);
    let named = json!({"project": {"name": "p", "domain": {"name": "Default"}}});
    let answer = ask(&world, by_token(&unscoped, named)).await;
    let token = answer.json()["token"].clone();
    assert_eq!(token["project"]["id"], project.to_string());
    assert_eq!(token["methods"], json!(["password", "token"]));
    assert_eq!(token["audit_ids"].as_array().unwrap().len(), 2, "its own and that of the first");
    for scope in [
        in_project(world.admin().await.project),
        in_project(crate::unauthorized::NOBODY.parse().unwrap()),
        json!({"project": {"name": "nowhere", "domain": {"name": "Default"}}}),
    ] {
        assert_eq!(
            ask(&world, by_password("ann", PASSWORD, scope)).await.status,
            401,
            "what is closed and what is not there"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_said_so() {
    let world = world().await;
    for body in [
        json!({}),
        json!({"auth": {"identity": {"methods": []}}}),
        json!({"auth": {"identity": {"methods": ["password"]}}}),
        json!({"auth": {"identity": {"methods": ["password"], "password": {"user": 1}}}}),
    ] {
        let answer = ask(&world, body).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert_eq!(answer.json()["error"]["code"], 400);
    }
    let long = json!({"auth": "x".repeat(100_000)});
    assert_eq!(ask(&world, long).await.status, 413);
}

/// Tokens that live on: OSSA-2012-010, 2013-011, 2016-005.
#[tokio::test]
async fn security_13_tokens_end_with_what_they_stand_on() {
    for ends in ["password", "disable", "role", "project", "delete", "hour"] {
        let (world, project, user, _) = ann().await;
        let admin = world.admin().await;
        let directory = &world.cloud.directory;
        let token = issued(&world, by_password("ann", PASSWORD, in_project(project))).await;
        assert!(lives(&world, &token).await);
        match ends {
            "password" => world.cloud.identity.password_set("ann", "another horse battery", false).await.unwrap(),
            "disable" => {
                directory.user_enable(&admin, user, false).await.unwrap();
                assert!(!lives(&world, &token).await);
                directory.user_enable(&admin, user, true).await.unwrap();
            }
            "role" => world.cloud.identity.assignment_remove(&admin, user, project).await.unwrap(),
            "project" => directory.project_delete(&admin, project, "p").await.unwrap(),
            "delete" => directory.user_delete(&admin, user).await.unwrap(),
            _ => world.clock.advance(Duration::from_secs(3600)),
        }
        assert!(!lives(&world, &token).await, "after {ends}");
    }
}

/// Telling users and credentials by the answer: OSSA-2021-003, 2019-006.
#[tokio::test]
async fn security_17_guesses_are_answered_alike() {
    let nobody = "0123456789abcdef0123456789abcdef";
    let by_id = |id: &str, password: &str| {
        let user = json!({"id": id, "password": password});
        json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}})
    };
    for kind in ["name", "id", "credential"] {
        let (world, _, user, caller) = ann().await;
        let made = credential(&world, &caller, form("ci")).await;
        let (user, id) = (user.to_string(), made.credential.id.to_string());
        let (known, unknown, right) = match kind {
            "name" => (
                by_password("ann", "wrong", Value::Null),
                by_password("nna", "wrong", Value::Null),
                by_password("ann", PASSWORD, Value::Null),
            ),
            "id" => (by_id(&user, "wrong"), by_id(nobody, "wrong"), by_id(&user, PASSWORD)),
            _ => (by_credential(&id, "wrong"), by_credential(nobody, "wrong"), by_credential(&id, &made.secret)),
        };
        for n in 0..11 {
            let (one, other) = (ask(&world, known.clone()).await, ask(&world, unknown.clone()).await);
            assert_eq!((one.status, one.text()), (other.status, other.text()), "{kind}");
            assert_eq!((one.status, one.text().contains("too many attempts")), (401, n == 10), "{kind} {n}");
        }
        // Locked out, the right one does not help either; later it does.
        assert_eq!(ask(&world, right.clone()).await.status, 401, "{kind}");
        world.clock.advance(Duration::from_secs(16 * 60));
        assert_eq!(ask(&world, right).await.status, 201, "{kind}");
    }
}

#[tokio::test]
async fn a_given_password_gets_no_token() {
    let (world, ..) = ann().await;
    world.cloud.identity.password_set("ann", "given by somebody", true).await.unwrap();
    let refused = ask(&world, by_password("ann", "given by somebody", Value::Null)).await;
    assert_eq!(refused.status, 401);
    assert!(refused.text().contains("given to you"), "{}", refused.text());
}

/// Secrets in the database, the audit log or an answer: OSSA-2013-002, 2019-003.
#[tokio::test]
async fn security_26_secrets_are_kept_nowhere() {
    let (world, _, user, caller) = ann().await;
    let (made, token) = with_credential(&world, &caller, form("ci")).await;
    let own_password = issued(&world, by_password("ann", PASSWORD, Value::Null)).await;
    ask(&world, by_credential(&made.credential.id.to_string(), "a wrong secret of somebody")).await;
    let listed = get(&world, &token, &own(user)).await;
    assert!(!listed.text().contains("secret"), "{}", listed.text());
    let db = world.cloud.db().read();
    let tables = sqlx::query("select name from sqlite_master where type = 'table'").fetch_all(db).await.unwrap();
    for table in tables {
        let table: String = table.get("name");
        let columns = sqlx::query(&format!("pragma table_info({table})")).fetch_all(db).await.unwrap();
        for column in columns {
            let column: String = column.get("name");
            for secret in [&made.secret, &token, &own_password, PASSWORD, "a wrong secret of somebody"] {
                let sql = format!("select count(*) as n from {table} where instr(cast({column} as text), $1) > 0");
                let found = sqlx::query(&sql).bind(secret).fetch_one(db).await.unwrap();
                assert_eq!(found.get::<i64, _>("n"), 0, "{table}.{column}");
            }
        }
    }
    let row = sqlx::query("select secret_hash from application_credential").fetch_one(db).await.unwrap();
    assert!(row.get::<String, _>("secret_hash").starts_with("$argon2id$"));
    let entries =
        sqlx::query("select user_name, target_name, result from audit where verb = 'token_create' order by id");
    let entries = entries.fetch_all(db).await.unwrap();
    let results: Vec<String> = entries.iter().map(|row| row.get("result")).collect();
    assert_eq!(results, ["ok", "ok", "refused"]);
    assert_eq!(entries[0].get::<String, _>("target_name"), "ci");
}

/// A browser that another site leads here has no token; and a session opens nothing of the API.
#[tokio::test]
async fn security_15_a_session_is_no_token() {
    let (world, _, user, _) = ann().await;
    let client = world.sign_in("ann").await;
    let request = client.request(Method::GET, &own(user)).body(Body::empty()).unwrap();
    assert_eq!(client.send(request).await.status, 401);
    let cookie = client.cookie("offing").unwrap();
    assert_eq!(get(&world, &cookie, &own(user)).await.status, 401);
}
