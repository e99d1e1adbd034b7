//! What images and flavors ask of the hardware: refused at the launch by the field that asks, and kept with the instance.

use super::super::hardware::{Bus, Hardware, Watchdog};
use super::super::store;
use super::*;
use api::ImageId;
use api::image::{ImageChange, Images as _};
use api::metadef::{Carrier, PropertyChange};

impl Bed<'_> {
    /// An image with these properties, one a line.
    async fn image_of(&self, name: &str, properties: &str) -> ImageId {
        let file = self.world.data.path().join("small.img");
        write_disk(&file, 1 << 20);
        let new = NewImage { name: name.into(), others: properties.into(), ..NewImage::default() };
        let stream = futures::stream::iter([Ok(Bytes::from(std::fs::read(file).unwrap()))]);
        self.cloud.images.image_upload(&self.caller, new, None, stream).await.unwrap()
    }

    async fn launch_of(&self, image: ImageId) -> api::Result<InstanceId> {
        let new = NewInstance { image: image.to_string(), ..self.new_instance("vm").await };
        self.cloud.compute.instance_launch(&self.caller, new).await
    }

    async fn hardware(&self, id: InstanceId) -> Hardware {
        let mut db = self.cloud.db().read().acquire().await.unwrap();
        let row = store::instance_any(&mut db, id).await.unwrap().unwrap();
        drop(db);
        self.cloud.compute.spec(&row).await.unwrap().unwrap().hardware
    }

    async fn flavor_says(&self, properties: &str) {
        let flavor = self.cloud.compute.flavor_list(&self.caller).await.unwrap().remove(0);
        let of = Carrier::Flavor(flavor.id);
        let seen = api::metadef::Properties::seen(&flavor.properties);
        let change = PropertyChange { others: properties.into(), seen, ..PropertyChange::default() };
        self.cloud.compute.properties_set(&self.caller, of, change).await.unwrap();
    }

    async fn edit(&self, image: ImageId, change: impl FnOnce(&mut ImageChange)) -> api::Result<()> {
        let shown = self.cloud.images.image_show(&self.caller, image).await.unwrap();
        let mut to = ImageChange {
            name: shown.name,
            visibility: shown.visibility.as_str().into(),
            min_disk_gb: shown.min_disk_gb.to_string(),
            min_ram_mb: shown.min_ram_mb.to_string(),
            properties: shown.properties,
            ..ImageChange::default()
        };
        change(&mut to);
        self.cloud.images.image_edit(&self.caller, image, to).await
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(launch: api::Result<T>, field: &str) -> Why {
    let error = launch.unwrap_err();
    error.of_field(field).unwrap_or_else(|| panic!("{field}: {error:?}")).clone()
}

#[tokio::test]
async fn what_no_host_can_give_is_refused_by_the_field() {
    let options = HostOptions { uefi: false, ..HostOptions::instant() };
    let world = World { host: Simulator::new(options).unwrap(), ..World::new() };
    let bed = world.open().await;
    bed.cloud.settle().await.unwrap();
    let arm = bed.image_of("arm", "architecture=aarch64").await;
    let why = Why::Architecture { needs: "aarch64".into(), has: "x86_64".into() };
    assert_eq!(refused(bed.launch_of(arm).await, "image"), why);
    let uefi = bed.image_of("uefi", "hw_firmware_type=uefi").await;
    assert_eq!(refused(bed.launch_of(uefi).await, "image"), Why::NoUefi);
    let clash = bed.image_of("clash", "hw_machine_type=q35\nhw_disk_bus=ide").await;
    assert!(matches!(refused(bed.launch_of(clash).await, "image"), Why::HardwareClash { .. }));
    let fits = bed.image_of("fits", "architecture=x86_64\nhw_firmware_type=bios").await;
    bed.flavor_says("hw:cpu_max_threads=1\nhw:cpu_max_sockets=1\nhw:cpu_max_cores=1").await;
    let id = bed.launch_of(fits).await.unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE").await;
    let large = bed.cloud.compute.flavor_list(&bed.caller).await.unwrap().into_iter().find(|it| it.vcpus > 1).unwrap();
    let narrow = bed.image_of("narrow", "hw_cpu_max_sockets=1\nhw_cpu_max_cores=1\nhw_cpu_max_threads=1").await;
    let new = NewInstance { image: narrow.to_string(), flavor: large.id.to_string(), ..bed.new_instance("vm").await };
    let launch = bed.cloud.compute.instance_launch(&bed.caller, new).await;
    assert_eq!(refused(launch, "flavor"), Why::Topology { vcpus: large.vcpus });
}

#[tokio::test]
async fn an_instance_signs_in_as_its_image_says() {
    let world = World::new();
    let bed = world.open().await;
    let image = bed.image_of("named oddly", "os_admin_user=ann").await;
    let id = bed.launch_of(image).await.unwrap();
    let shown = async || bed.cloud.compute.instance_show(&bed.caller, id).await.unwrap().admin_user;
    assert_eq!(shown().await.as_deref(), Some("ann"));
    bed.cloud.images.image_delete(&bed.caller, image).await.unwrap();
    assert_eq!(shown().await, None);
}

/// A disk that was installed on one bus starts from no other: its snapshot asks for what the instance has, whatever became of the image.
#[tokio::test]
async fn a_snapshot_asks_for_the_instances_hardware() {
    let world = World::new();
    let bed = world.open().await;
    let image = bed.image_of("disk", "hw_disk_bus=scsi\nos_distro=debian").await;
    let (one, other) = (bed.launch_of(image).await.unwrap(), bed.launch_of(image).await.unwrap());
    bed.cloud.settle().await.unwrap();
    bed.edit(image, |to| {
        to.properties.insert("hw_disk_bus".into(), "ide".into());
        to.properties.insert("hw_video_model".into(), "cirrus".into());
    })
    .await
    .unwrap();
    let says = async |instance: InstanceId, property: &str| {
        let snapshot = bed.cloud.compute.instance_snapshot(&bed.caller, instance, "snapshot").await.unwrap();
        let mut said = bed.cloud.images.image_show(&bed.caller, snapshot).await.unwrap().properties;
        assert_eq!(said.get("hw_video_model"), None);
        assert_eq!(said.remove("hw_disk_bus").as_deref(), Some("scsi"));
        said.remove(property)
    };
    assert_eq!(says(one, "os_distro").await.as_deref(), Some("debian"));
    bed.cloud.images.image_delete(&bed.caller, image).await.unwrap();
    assert_eq!(says(other, "base_image_ref").await, Some(image.to_string()));
}

/// Class 28: what a launch refuses comes in by no other way, and what it has settled is changed by none.
#[tokio::test]
async fn security_28_launch_rules_hold_on_every_path() {
    let world = World::new();
    let bed = world.open().await;
    bed.cloud.settle().await.unwrap();
    let (compute, images, caller) = (&bed.cloud.compute, &bed.cloud.images, &bed.caller);

    // A copy asks what the image asks.
    let arm = bed.image_of("arm", "architecture=aarch64").await;
    bed.edit(arm, |to| to.min_ram_mb = "4096".into()).await.unwrap();
    let copy = images.image_copy(caller, arm, "copy").await.unwrap();
    let launch = bed.launch_of(copy).await;
    assert!(matches!(refused(launch.clone(), "image"), Why::Architecture { .. }));
    assert!(matches!(refused(launch, "flavor"), Why::MemoryTooSmall { needs: 4096, .. }));
    // Nobody edits the disk away that has to fit.
    let image = bed.image_of("disk", "hw_disk_bus=scsi").await;
    let smaller = bed.edit(image, |to| to.min_disk_gb = "0".into()).await;
    assert!(matches!(refused(smaller, "min_disk_gb"), Why::Range { min: 1, .. }));

    // What has been launched keeps its hardware, whatever is edited afterwards: image, flavor, or the instance's own metadata.
    bed.flavor_says("hw:watchdog_action=reset").await;
    let id = bed.launch_of(image).await.unwrap();
    bed.cloud.settle().await.unwrap();
    let before = bed.hardware(id).await;
    assert_eq!((before.disk_bus, before.watchdog), (Bus::Scsi, Watchdog::Reset));
    bed.edit(image, |to| _ = to.properties.insert("hw_disk_bus".into(), "ide".into())).await.unwrap();
    bed.flavor_says("hw:watchdog_action=poweroff").await;
    let own = PropertyChange { others: "hw_disk_bus=usb\nhw:cpu_cores=1".into(), ..PropertyChange::default() };
    compute.properties_set(caller, Carrier::Instance(id), own).await.unwrap();
    compute.instance_stop(caller, id).await.unwrap();
    bed.cloud.settle().await.unwrap();
    // Nor does it stop those who stand on it that nothing new may.
    images.image_deactivate(caller, image).await.unwrap();
    assert!(matches!(refused(bed.launch_of(image).await, "image"), Why::NotActive { .. }));
    compute.instance_start(caller, id).await.unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE").await;
    assert_eq!(bed.hardware(id).await, before);
}
