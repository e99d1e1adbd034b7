//! The files that OpenStack's clients read: a script for a shell, and `clouds.yaml`. Names in them come from anybody, so they are quoted.

use api::access::{Access, REGION};
use api::credential::NewCredential;

/// Its name and its text.
pub type File = (String, String);

/// A word that a shell takes as it is.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A string of YAML: JSON's strings are that too.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A file's name is no place for any character.
fn named(name: &str, rest: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    format!("{name}-{rest}")
}

fn script(name: &str, variables: &[(&str, &str)], end: &str) -> File {
    let export = |(name, value): &(&str, &str)| format!("export {name}={}\n", shell(value));
    let exports: String = variables.iter().map(export).collect();
    let text = format!("# Read it into your shell: . {name}\n{exports}{end}");
    (name.to_owned(), text)
}

fn clouds(auth_type: &str, auth: &[(&str, &str)]) -> File {
    let auth: String = auth.iter().map(|(name, value)| format!("      {name}: {}\n", yaml(value))).collect();
    let text = format!(
        "clouds:\n  offing:\n    auth_type: {}\n    auth:\n{auth}    region_name: {}\n    interface: \"public\"\n    identity_api_version: 3\n",
        yaml(auth_type),
        yaml(REGION)
    );
    ("clouds.yaml".to_owned(), text)
}

/// For somebody in a project; it asks for the password.
pub fn openrc(access: &Access) -> File {
    let variables = [
        ("OS_AUTH_URL", access.auth_url()),
        ("OS_PROJECT_ID", access.project.to_string()),
        ("OS_PROJECT_NAME", access.project_name.clone()),
        ("OS_PROJECT_DOMAIN_NAME", access.project_domain.clone()),
        ("OS_USERNAME", access.user_name.clone()),
        ("OS_USER_DOMAIN_NAME", access.user_domain.clone()),
        ("OS_REGION_NAME", REGION.to_owned()),
        ("OS_INTERFACE", "public".to_owned()),
        ("OS_IDENTITY_API_VERSION", "3".to_owned()),
    ];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let ask = "printf 'Password of %s: ' \"$OS_USERNAME\"\nstty -echo; IFS= read -r OS_PASSWORD; stty echo; echo\nexport OS_PASSWORD\n";
    script(&named(&access.project_name, "openrc.sh"), &variables, ask)
}

/// The same, where the client asks for the password.
pub fn clouds_yaml(access: &Access) -> File {
    let auth = [
        ("auth_url", access.auth_url()),
        ("project_id", access.project.to_string()),
        ("username", access.user_name.clone()),
        ("user_domain_name", access.user_domain.clone()),
    ];
    clouds("v3password", &auth.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// With an application credential.
pub fn credential_openrc(access: &Access, new: &NewCredential) -> File {
    let (url, id) = (access.auth_url(), new.credential.id.to_string());
    let variables = [
        ("OS_AUTH_TYPE", "v3applicationcredential"),
        ("OS_AUTH_URL", &url),
        ("OS_APPLICATION_CREDENTIAL_ID", &id),
        ("OS_APPLICATION_CREDENTIAL_SECRET", &new.secret),
        ("OS_REGION_NAME", REGION),
        ("OS_INTERFACE", "public"),
        ("OS_IDENTITY_API_VERSION", "3"),
    ];
    script(&named(&new.credential.name, "openrc.sh"), &variables, "")
}

/// The same for a configuration file.
pub fn credential_clouds_yaml(access: &Access, new: &NewCredential) -> File {
    let (url, id) = (access.auth_url(), new.credential.id.to_string());
    let auth = [
        ("auth_url", url.as_str()),
        ("application_credential_id", &id),
        ("application_credential_secret", &new.secret),
    ];
    clouds("v3applicationcredential", &auth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::ProjectId;
    use uuid::Uuid;

    fn hostile() -> Access {
        Access {
            base: "http://cloud.example".into(),
            user_name: "ann'; rm -rf ~ #".into(),
            user_domain: "a\"b\\".into(),
            project: ProjectId(Uuid::nil()),
            project_name: "../$(id)".into(),
            project_domain: "Default".into(),
        }
    }

    #[test]
    fn names_run_nothing_in_a_shell() {
        let (name, text) = openrc(&hostile());
        assert_eq!(name, ".._id_-openrc.sh".replace("_id_", "___id_"));
        assert!(text.contains("export OS_USERNAME='ann'\\''; rm -rf ~ #'\n"), "{text}");
        assert!(text.contains("export OS_PROJECT_NAME='../$(id)'\n"), "{text}");
        assert!(text.contains("export OS_AUTH_URL='http://cloud.example/identity/v3'\n"), "{text}");
    }

    #[test]
    fn names_stay_strings_in_yaml() {
        let (name, text) = clouds_yaml(&hostile());
        assert_eq!(name, "clouds.yaml");
        assert!(text.contains("      user_domain_name: \"a\\\"b\\\\\"\n"), "{text}");
        assert!(text.contains("      username: \"ann'; rm -rf ~ #\"\n"), "{text}");
    }
}
