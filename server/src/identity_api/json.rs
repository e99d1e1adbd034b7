//! The JSON of Keystone's API.

use api::Micros;
use api::access::{REGION, SERVICES};
use api::credential::{ApplicationCredential, RoleChoice};
use cloud::identity::Bearer;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

/// As Keystone writes a moment.
pub fn moment(at: Micros) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1000).ok();
    at.and_then(|at| at.format(&format).ok()).unwrap_or_default()
}

/// An id that is the same at every start.
fn fixed_id(of: &str) -> String {
    hex::encode(&Sha256::digest(of)[..16])
}

/// All services with their endpoints.
pub fn catalog(base: &str) -> Value {
    let services = SERVICES.map(|service| {
        let endpoints = ["public", "internal", "admin"].map(|interface| {
            json!({
                "id": fixed_id(&format!("{} {interface}", service.kind)),
                "interface": interface,
                "region": REGION,
                "region_id": REGION,
                "url": format!("{base}{}", service.path),
            })
        });
        json!({"id": fixed_id(service.kind), "type": service.kind, "name": service.name, "endpoints": endpoints})
    });
    json!(services)
}

/// What a token stands for.
pub fn token(bearer: &Bearer, catalog: Option<Value>) -> Value {
    let (row, user) = (&bearer.token, &bearer.user);
    let mut audit_ids = vec![&row.audit_id];
    if row.chain_id != row.audit_id {
        audit_ids.push(&row.chain_id);
    }
    let mut token = Map::new();
    let mut put = |name: &str, value: Value| _ = token.insert(name.to_owned(), value);
    put("methods", json!(row.methods));
    put("audit_ids", json!(audit_ids));
    put("issued_at", json!(moment(row.issued_at)));
    put("expires_at", json!(moment(row.expires_at)));
    put(
        "user",
        json!({
            "id": user.id.to_string(),
            "name": user.name,
            "domain": {"id": user.domain.to_string(), "name": user.domain_name},
            "password_expires_at": null,
        }),
    );
    if let Some(scope) = &bearer.scope {
        let project = &scope.project;
        put("is_domain", json!(false));
        put(
            "project",
            json!({
                "id": project.id.to_string(),
                "name": project.name,
                "domain": {"id": project.domain.to_string(), "name": project.domain_name},
            }),
        );
        put("roles", scope.roles.iter().map(role).collect());
        if let Some(with) = &scope.credential {
            let restricted = !with.unrestricted;
            let mut with_rules = json!({"id": with.id.to_string(), "name": with.name, "restricted": restricted});
            if !with.rules.is_empty() {
                with_rules["access_rules"] = rules(with);
            }
            put("application_credential", with_rules);
        }
        if let Some(catalog) = catalog {
            put("catalog", catalog);
        }
    }
    json!({"token": token})
}

fn role(role: &RoleChoice) -> Value {
    json!({"id": role.id.to_string(), "name": role.name})
}

fn rules(credential: &ApplicationCredential) -> Value {
    let rule =
        |rule: &api::credential::AccessRule| json!({"service": rule.service, "method": rule.method, "path": rule.path});
    credential.rules.iter().map(rule).collect()
}

/// A credential; its secret only at the moment when it is made.
pub fn credential(of: &ApplicationCredential, root: &str, secret: Option<&str>) -> Value {
    let roles: Vec<Value> =
        of.roles.iter().map(|(id, name)| json!({"id": id.to_string(), "name": name, "domain_id": null})).collect();
    let (id, user) = (of.id.to_string(), of.user.to_string());
    let mut shown = json!({
        "id": id,
        "name": of.name,
        "description": of.description,
        "user_id": user,
        "project_id": of.project.to_string(),
        "roles": roles,
        "unrestricted": of.unrestricted,
        "expires_at": of.expires_at.map(moment),
        "links": {"self": format!("{root}/v3/users/{user}/application_credentials/{id}")},
    });
    if !of.rules.is_empty() {
        shown["access_rules"] = rules(of);
    }
    if let Some(secret) = secret {
        shown["secret"] = json!(secret);
    }
    shown
}
