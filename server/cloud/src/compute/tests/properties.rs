//! What flavors and instances carry.

use super::*;
use api::error::Conflict;
use api::metadef::{Carrier, Properties, PropertyChange};

fn change(values: &[(&str, &str)], others: &str, seen: String) -> PropertyChange {
    let properties = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    PropertyChange { properties, others: others.into(), seen }
}

#[tokio::test]
async fn they_are_written_read_and_told_to_the_guest() {
    let world = World::new();
    let bed = world.open().await;
    let (compute, caller) = (&bed.cloud.compute, &bed.caller);
    let id = bed.active("vm").await;
    let of = Carrier::Instance(id);
    let port = [("sw_webserver_nginx_http_port", "80")];
    compute.properties_set(caller, of, change(&port, "tier=front", String::new())).await.unwrap();
    let shown = compute.properties_show(caller, of).await.unwrap();
    assert_eq!(Properties::seen(&shown.values), "sw_webserver_nginx_http_port=80\ntier=front");
    assert!(shown.namespaces.iter().any(|namespace| namespace.name == "OS::Software::WebServers"));

    let detail = compute.instance_show(caller, id).await.unwrap();
    assert_eq!(detail.properties, shown.values);
    let (network, address) = (detail.interfaces[0].network, detail.interfaces[0].address.parse().unwrap());
    let told = compute.metadata(network, address).await.unwrap().unwrap().get("/openstack/latest/meta_data.json");
    let told = String::from_utf8(told.unwrap().1).unwrap();
    assert!(told.contains(r#""meta":{"sw_webserver_nginx_http_port":"80","tier":"front"}"#), "{told}");

    // As a browser sends it back; and somebody else was quicker.
    let seen = "sw_webserver_nginx_http_port=80\r\ntier=front";
    compute.properties_set(caller, of, change(&[], "tier=back", seen.into())).await.unwrap();
    let late = compute.properties_set(caller, of, change(&[], "", seen.into())).await.unwrap_err();
    assert_eq!(late, Error::Conflict(Conflict::Changed { kind: Kind::Instance }));
    let bad = compute.properties_set(caller, of, change(&[("sw_webserver_nginx_http_port", "x")], "", String::new()));
    assert!(bad.await.unwrap_err().of_field("properties[sw_webserver_nginx_http_port]").is_some());
    compute.instance_delete(caller, id).await.unwrap();
    bed.cloud.settle().await.unwrap();
    assert!(matches!(compute.properties_show(caller, of).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn flavors_are_the_administrators() {
    let world = World::new();
    let bed = world.open().await;
    let (compute, admin) = (&bed.cloud.compute, &bed.caller);
    let flavor = compute.flavor_list(admin).await.unwrap().remove(0);
    let of = Carrier::Flavor(flavor.id);
    let reset = || change(&[("hw:watchdog_action", "reset")], "", String::new());
    let member = Caller { role: Role::Member, system: None, ..admin.clone() };
    assert!(matches!(compute.properties_set(&member, of, reset()).await, Err(Error::Forbidden { .. })));
    compute.properties_set(admin, of, reset()).await.unwrap();
    let flavor = compute.flavor_list(&member).await.unwrap().remove(0);
    assert_eq!(flavor.properties.get("hw:watchdog_action").map(String::as_str), Some("reset"));
}
