//! What a provider says of somebody, and what it means here: pure. Claims are read by their types and nothing is guessed: whatever is not
//! what it ought to be lets nobody in (security class 16: "false" is a text, and a text is not true).

use api::GroupId;
use api::provider::MappedGroup;
use serde_json::Value;

/// The longest subject there may be (OpenID Connect Core, 2).
const SUBJECT_MAX: usize = 255;
/// More groups than this are not read.
const GROUPS_MAX: usize = 1000;

/// The claims that are read; empty for those that are not.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub groups: &'a str,
    pub enabled: &'a str,
}

/// Somebody as the provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who it is there, for ever; names may be given away.
    pub subject: String,
    pub name: String,
    pub email: String,
    pub groups: Vec<String>,
}

/// What cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFault {
    #[error("there is no claim {0}")]
    Missing(String),
    #[error("the claim {0} is not of the type that it ought to be")]
    Type(String),
    #[error("the claim {0} is not true")]
    NotEnabled(String),
}

pub fn read(claims: &Value, wanted: Wanted<'_>) -> Result<Person, ClaimFault> {
    let subject = text(claims, "sub")?.filter(|subject| subject.len() <= SUBJECT_MAX);
    let subject = subject.ok_or_else(|| ClaimFault::Missing("sub".to_owned()))?;
    // An address that the provider has not verified is only what somebody has typed: nobody is known by it.
    let verified = matches!(claims.get("email_verified"), None | Some(Value::Bool(true)));
    let name = text(claims, wanted.name)?.filter(|_| verified || wanted.name != "email");
    let name = name.ok_or_else(|| ClaimFault::Missing(wanted.name.to_owned()))?;
    if !wanted.enabled.is_empty() {
        match claims.get(wanted.enabled) {
            Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) | None => return Err(ClaimFault::NotEnabled(wanted.enabled.to_owned())),
            Some(_) => return Err(ClaimFault::Type(wanted.enabled.to_owned())),
        }
    }
    let email = if wanted.email.is_empty() { None } else { text(claims, wanted.email)? };
    let email = email.filter(|_| verified);
    let groups = if wanted.groups.is_empty() { Vec::new() } else { texts(claims, wanted.groups)? };
    Ok(Person { subject, name, email: email.unwrap_or_default(), groups })
}

/// A text that says something.
fn text(claims: &Value, name: &str) -> Result<Option<String>, ClaimFault> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(ClaimFault::Type(name.to_owned())),
    }
}

/// One text, or a list of nothing but texts.
fn texts(claims: &Value, name: &str) -> Result<Vec<String>, ClaimFault> {
    let wrong = || ClaimFault::Type(name.to_owned());
    match claims.get(name) {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(Value::Array(many)) if many.len() <= GROUPS_MAX => {
            many.iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// The groups here that the person's groups there mean. Values are compared to the letter.
pub fn groups_of(person: &Person, mapped: &[MappedGroup]) -> Vec<GroupId> {
    let has = |value: &String| person.groups.contains(value);
    let mut groups: Vec<GroupId> = mapped.iter().filter(|it| has(&it.value)).map(|it| it.group).collect();
    groups.sort();
    groups.dedup();
    groups
}

/// A line of the mapping's form: `value=group`. A value may have a `=` in it, a group's name not.
pub fn line(line: &str) -> Option<(&str, &str)> {
    let (value, group) = line.rsplit_once('=')?;
    let (value, group) = (value.trim(), group.trim());
    (!value.is_empty() && !group.is_empty()).then_some((value, group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    const WANTED: Wanted<'_> = Wanted { name: "login", email: "email", groups: "groups", enabled: "" };

    #[test]
    fn people() {
        let person = |name: &str, email: &str, groups: &[&str]| {
            let groups = groups.iter().map(ToString::to_string).collect();
            Ok(Person { subject: "1".into(), name: name.into(), email: email.into(), groups })
        };
        let missing = |name: &str| Err(ClaimFault::Missing(name.into()));
        let wrong = |name: &str| Err(ClaimFault::Type(name.into()));
        let check = |claims: Value, expected: Result<Person, ClaimFault>| {
            assert_eq!(read(&claims, WANTED), expected, "{claims}");
        };
        check(json!({ "sub": "1", "login": "ann" }), person("ann", "", &[]));
        check(json!({ "sub": "1", "login": " ann ", "email": "a@b" }), person("ann", "a@b", &[]));
        check(json!({ "sub": "1", "login": "ann", "email": "a@b", "email_verified": true }), person("ann", "a@b", &[]));
        check(json!({ "sub": "1", "login": "ann", "email": "a@b", "email_verified": false }), person("ann", "", &[]));
        check(json!({ "sub": "1", "login": "ann", "email": "a@b", "email_verified": "true" }), person("ann", "", &[]));
        check(json!({ "sub": "1", "login": "ann", "groups": "x" }), person("ann", "", &["x"]));
        check(json!({ "sub": "1", "login": "ann", "groups": ["x", "y"] }), person("ann", "", &["x", "y"]));
        check(json!({ "login": "ann" }), missing("sub"));
        check(json!({ "sub": "", "login": "ann" }), missing("sub"));
        check(json!({ "sub": "x".repeat(256), "login": "ann" }), missing("sub"));
        check(json!({ "sub": 1, "login": "ann" }), wrong("sub"));
        check(json!({ "sub": "1" }), missing("login"));
        check(json!({ "sub": "1", "login": ["ann"] }), wrong("login"));
        check(json!({ "sub": "1", "login": "ann", "groups": [1] }), wrong("groups"));
        check(json!({ "sub": "1", "login": "ann", "groups": { "x": true } }), wrong("groups"));
        check(json!({ "sub": "1", "login": "ann", "groups": null }), wrong("groups"));
    }

    /// Whoever may type an address there must not come as whoever owns it.
    #[test]
    fn security_16_nobody_is_known_by_an_address_that_is_not_verified() {
        let wanted = Wanted { name: "email", ..WANTED };
        let check = |verified: Value, expected: Result<&str, ClaimFault>| {
            let claims = json!({ "sub": "1", "email": "ann@example.org", "email_verified": verified });
            assert_eq!(read(&claims, wanted).map(|it| it.name), expected.map(str::to_owned), "{verified}");
        };
        check(json!(true), Ok("ann@example.org"));
        check(json!(false), Err(ClaimFault::Missing("email".into())));
        check(json!("false"), Err(ClaimFault::Missing("email".into())));
    }

    #[test]
    fn security_16_only_true_is_true() {
        let wanted = Wanted { enabled: "active", ..WANTED };
        let check = |active: Value, expected: Option<ClaimFault>| {
            let claims = json!({ "sub": "1", "login": "ann", "active": active });
            assert_eq!(read(&claims, wanted).err(), expected, "{active}");
        };
        let wrong = || Some(ClaimFault::Type("active".into()));
        check(json!(true), None);
        check(json!(false), Some(ClaimFault::NotEnabled("active".into())));
        for text in [json!("true"), json!("false"), json!("True"), json!(1), json!(0), json!(null), json!([true])] {
            check(text, wrong());
        }
        let absent = read(&json!({ "sub": "1", "login": "ann" }), wanted);
        assert_eq!(absent, Err(ClaimFault::NotEnabled("active".into())));
    }

    #[test]
    fn groups() {
        let (one, two) = (GroupId(Uuid::from_u128(1)), GroupId(Uuid::from_u128(2)));
        let mapped = |value: &str, group| MappedGroup { value: value.into(), group, group_name: String::new() };
        let all = [mapped("a", one), mapped("b", one), mapped("b", two)];
        let check = |groups: &[&str], expected: &[GroupId]| {
            let groups = groups.iter().map(ToString::to_string).collect();
            let person = Person { subject: "1".into(), name: "ann".into(), email: String::new(), groups };
            assert_eq!(groups_of(&person, &all), expected);
        };
        check(&[], &[]);
        check(&["a"], &[one]);
        check(&["A", "a "], &[]);
        check(&["a", "b"], &[one, two]);
    }

    #[test]
    fn lines() {
        let check = |text: &str, expected: Option<(&str, &str)>| assert_eq!(line(text), expected, "{text}");
        check("staff=Staff", Some(("staff", "Staff")));
        check(" cn=staff,dc=example = Staff ", Some(("cn=staff,dc=example", "Staff")));
        check("staff", None);
        check("=Staff", None);
        check("staff=", None);
    }
}
