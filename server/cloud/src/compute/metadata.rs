//! What an instance is told about itself, on its config drive and at 169.254.169.254 alike.
//!
//! Two trees: OpenStack's own (`openstack/<version>/…`, Nova's metadata documentation) and the older one of EC2 (`<version>/meta-data/…`),
//! which much software still reads. Pure: facts in, bytes out.

use api::{InstanceId, NetworkId, PortId, ProjectId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// The versions of OpenStack's tree that are served; all with the same content, which is that of the newest.
const VERSIONS: [&str; 4] = ["2012-08-10", "2013-10-17", "2018-08-27", "latest"];
/// The versions of EC2's tree.
const EC2_VERSIONS: [&str; 3] = ["1.0", "2009-04-04", "latest"];

/// All that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub instance: InstanceId,
    pub project: ProjectId,
    pub name: String,
    /// Name and OpenSSH line of the key pair.
    pub key: Option<(String, String)>,
    pub user_data: String,
    /// What its owners wrote down about it.
    pub properties: BTreeMap<String, String>,
    pub nics: Vec<Nic>,
}

/// One interface as the guest ought to configure it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nic {
    pub port: PortId,
    pub network: NetworkId,
    pub mac: String,
    pub mtu: u32,
    pub address: Ipv4Addr,
    pub prefix: u8,
    pub gateway: Option<Ipv4Addr>,
    pub floating: Option<Ipv4Addr>,
}

/// A name that DNS allows, made from the name that people gave: RFC 1123 label, at most 63 characters.
pub fn hostname(name: &str, instance: InstanceId) -> String {
    let mut host = String::new();
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => host.push(c),
            _ if host.ends_with('-') || host.is_empty() => {}
            _ => host.push('-'),
        }
    }
    host.truncate(63);
    let host = host.trim_end_matches('-');
    if host.is_empty() { format!("instance-{}", &instance.to_string()[..8]) } else { host.to_owned() }
}

impl Facts {
    pub fn hostname(&self) -> String {
        hostname(&self.name, self.instance)
    }

    /// The files of the config drive: path and content.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for version in ["2018-08-27", "latest"] {
            for name in ["meta_data.json", "network_data.json", "vendor_data.json", "user_data"] {
                if let Some(content) = self.openstack(name) {
                    files.push((format!("openstack/{version}/{name}"), content));
                }
            }
        }
        files
    }

    /// The answer to a GET at 169.254.169.254: content type and body.
    pub fn get(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let text = |text: String| Some(("text/plain; charset=utf-8", text.into_bytes()));
        match parts.as_slice() {
            [] => text(EC2_VERSIONS.join("\n")),
            ["openstack"] => text(VERSIONS.join("\n")),
            ["openstack", version] if VERSIONS.contains(version) => {
                let names = ["meta_data.json", "network_data.json", "vendor_data.json", "user_data"];
                let there = names.into_iter().filter(|name| *name != "user_data" || !self.user_data.is_empty());
                text(there.collect::<Vec<_>>().join("\n"))
            }
            ["openstack", version, name] if VERSIONS.contains(version) => {
                let kind = if name.ends_with(".json") { "application/json" } else { "application/octet-stream" };
                self.openstack(name).map(|content| (kind, content))
            }
            [version] if EC2_VERSIONS.contains(version) => {
                text(if self.user_data.is_empty() { "meta-data/".into() } else { "meta-data/\nuser-data".into() })
            }
            [version, "user-data"] if EC2_VERSIONS.contains(version) && !self.user_data.is_empty() => {
                Some(("application/octet-stream", self.user_data.clone().into_bytes()))
            }
            [version, "meta-data", rest @ ..] if EC2_VERSIONS.contains(version) => self.ec2(rest).and_then(text),
            _ => None,
        }
    }

    fn openstack(&self, name: &str) -> Option<Vec<u8>> {
        let value = match name {
            "meta_data.json" => self.meta_data(),
            "network_data.json" => self.network_data(),
            "vendor_data.json" => json!({}),
            "user_data" if !self.user_data.is_empty() => return Some(self.user_data.clone().into_bytes()),
            _ => return None,
        };
        Some(value.to_string().into_bytes())
    }

    fn meta_data(&self) -> Value {
        let mut value = json!({
            "uuid": self.instance.to_string(),
            "hostname": self.hostname(),
            "name": self.name,
            "launch_index": 0,
            "availability_zone": "nova",
            "project_id": self.project.to_string(),
            "meta": self.properties,
            "devices": [],
        });
        if let Some((name, key)) = &self.key {
            value["public_keys"] = json!({ name: key });
            value["keys"] = json!([{ "name": name, "type": "ssh", "data": key }]);
        }
        value
    }

    fn network_data(&self) -> Value {
        let links = self.nics.iter().map(|nic| {
            json!({
                "id": link(nic), "vif_id": nic.port.to_string(), "type": "ovs", "mtu": nic.mtu, "ethernet_mac_address": nic.mac,
            })
        });
        let networks = self.nics.iter().enumerate().map(|(n, nic)| {
            json!({ "id": format!("network{n}"), "type": "ipv4_dhcp", "link": link(nic), "network_id": nic.network.to_string() })
        });
        json!({ "links": links.collect::<Vec<_>>(), "networks": networks.collect::<Vec<_>>(), "services": [] })
    }

    /// EC2's tree: a folder lists its entries, a leaf has its value.
    fn ec2(&self, path: &[&str]) -> Option<String> {
        let nic = self.nics.first();
        let value = match path {
            [] => {
                let mut names = vec![
                    "ami-id",
                    "hostname",
                    "instance-id",
                    "instance-type",
                    "local-hostname",
                    "local-ipv4",
                    "placement/",
                    "public-ipv4",
                ];
                if self.key.is_some() {
                    names.push("public-keys/");
                }
                names.join("\n")
            }
            ["instance-id"] => ec2_id(self.instance),
            ["ami-id"] => "ami-00000001".into(),
            ["instance-type"] => "offing".into(),
            ["hostname" | "local-hostname" | "public-hostname"] => self.hostname(),
            ["local-ipv4"] => nic?.address.to_string(),
            ["public-ipv4"] => nic?.floating.map(|address| address.to_string()).unwrap_or_default(),
            ["placement"] => "availability-zone".into(),
            ["placement", "availability-zone"] => "nova".into(),
            ["public-keys"] => format!("0={}", self.key.as_ref()?.0),
            ["public-keys", "0"] => self.key.as_ref().map(|_| "openssh-key".into())?,
            ["public-keys", "0", "openssh-key"] => format!("{}\n", self.key.as_ref()?.1),
            _ => return None,
        };
        Some(value)
    }
}

/// Nova's form of a link's name: `tap` and the first 11 characters of the port's id.
fn link(nic: &Nic) -> String {
    format!("tap{}", &nic.port.to_string()[..11])
}

/// EC2 knows instances by `i-` and eight hex digits.
fn ec2_id(instance: InstanceId) -> String {
    format!("i-{}", &instance.to_string()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            instance: "0a1b2c3d-0000-4000-8000-000000000001".parse().unwrap(),
            project: "0a1b2c3d000040008000000000000002".parse().unwrap(),
            name: "Web \"1\"".into(),
            key: Some(("laptop".into(), "ssh-ed25519 AAAA me".into())),
            user_data: "#!/bin/sh\necho hi\n".into(),
            properties: [("tier".to_owned(), "web".to_owned())].into(),
            nics: vec![Nic {
                port: "0a1b2c3d-4444-4000-8000-000000000003".parse().unwrap(),
                network: "0a1b2c3d-0000-4000-8000-000000000004".parse().unwrap(),
                mac: "fa:16:3e:00:00:01".into(),
                mtu: 1442,
                address: Ipv4Addr::new(10, 0, 0, 11),
                prefix: 24,
                gateway: Some(Ipv4Addr::new(10, 0, 0, 1)),
                floating: Some(Ipv4Addr::new(203, 0, 113, 20)),
            }],
        }
    }

    fn check(path: &str, expected: Option<&str>) {
        let found = facts().get(path).map(|(_, body)| String::from_utf8(body).unwrap());
        assert_eq!(found.as_deref(), expected, "{path}");
    }

    #[test]
    fn ec2_tree() {
        check("/latest/meta-data/local-ipv4", Some("10.0.0.11"));
        check("/latest/meta-data/public-ipv4", Some("203.0.113.20"));
        check("/latest/meta-data/instance-id", Some("i-0a1b2c3d"));
        check("/2009-04-04/meta-data/public-keys/0/openssh-key", Some("ssh-ed25519 AAAA me\n"));
        check("/latest/meta-data/public-keys/", Some("0=laptop"));
        check("/latest/user-data", Some("#!/bin/sh\necho hi\n"));
        check("/latest/meta-data/../user-data", None);
        check("/1999-01-01/meta-data/", None);
    }

    #[test]
    fn openstack_tree() {
        let (kind, body) = facts().get("/openstack/latest/meta_data.json").unwrap();
        let value: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(kind, "application/json");
        assert_eq!(value["hostname"], "web-1");
        assert_eq!(value["name"], "Web \"1\"");
        assert_eq!(value["public_keys"]["laptop"], "ssh-ed25519 AAAA me");
        let (_, body) = facts().get("/openstack/2018-08-27/network_data.json").unwrap();
        let value: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(value["links"][0]["id"], "tap0a1b2c3d-44");
        check("/openstack/latest/password", None);
    }

    #[test]
    fn the_config_drive_says_the_same() {
        let files = facts().files();
        let found = files.iter().find(|(path, _)| path == "openstack/latest/meta_data.json").unwrap();
        assert_eq!(found.1, facts().get("/openstack/latest/meta_data.json").unwrap().1);
    }

    #[test]
    fn hostnames() {
        let id: InstanceId = "0a1b2c3d-0000-4000-8000-000000000001".parse().unwrap();
        assert_eq!(hostname("Web Server 01", id), "web-server-01");
        assert_eq!(hostname("--a..b--", id), "a-b");
        assert_eq!(hostname("웹 서버", id), "instance-0a1b2c3d");
        assert_eq!(hostname(&"x".repeat(300), id), "x".repeat(63));
    }
}
