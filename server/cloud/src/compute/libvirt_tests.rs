//! The contract on real libvirt and QEMU, and what only they can get wrong. Run by `cargo xtask testbed`.

use super::super::contract::{self, Place, power, root_of, seen, spec, until, until_ready};
use super::super::hardware;
use super::*;
use api::PortId;
use api::metadef::{PropertyType, ResourceType};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use uuid::Uuid;

#[test]
fn the_user_of_qemu_is_read_from_the_capabilities() {
    let check = |capabilities: &str, expected: Owner| assert_eq!(qemu_user(capabilities), expected, "{capabilities}");
    let dac = "<secmodel><model>apparmor</model><doi>0</doi></secmodel><secmodel><model>dac</model><doi>0</doi>\
        <baselabel type='kvm'>+64055:+994</baselabel><baselabel type='qemu'>+1:+2</baselabel></secmodel>";
    check(dac, Some((64055, 994)));
    check("<model>dac</model><baselabel type='qemu'>+0:+0</baselabel>", Some((0, 0)));
    check("<model>none</model><baselabel type='kvm'>+1:+1</baselabel>", None);
    check("<model>dac</model><baselabel type='kvm'>root</baselabel>", None);
    check("", None);
}

#[test]
fn uefi_is_read_from_the_capabilities() {
    let check = |values: &str, expected: bool| {
        let os = format!("<os supported='yes'><enum name='firmware'>{values}</enum><loader supported='yes'/></os>");
        assert_eq!(knows_uefi(&os), expected, "{values}");
    };
    check("<value>bios</value><value>efi</value>", true);
    check("<value>bios</value>", false);
    check("", false);
    assert!(!knows_uefi("<os supported='yes'/>"));
}

#[test]
fn a_long_data_folder_is_refused() {
    let open = |length: usize| Libvirt::new("test:///default", Path::new(&"/".repeat(length)), Kvm::Works);
    assert!(open(40).is_ok());
    let why = open(100).unwrap_err().to_string();
    assert!(why.contains("bytes too long"), "{why}");
}

#[tokio::test]
async fn a_daemon_that_is_not_there_is_unreachable() {
    let host = Libvirt::new("qemu+unix:///system?socket=/nowhere/sock", Path::new("/data"), Kvm::Works).unwrap();
    assert!(matches!(host.list().await, Err(HypervisorError::Unreachable(_))));
}

/// A guest of one boot sector: it says that it is up on the serial port, answers each Enter there, and obeys the power button.
///
/// It switches the button's event on (port 0x602, bit 8), prints, and then waits, woken by the timer, for the event (0x600, bit 8), upon
/// which it enters S5 (0x604), or for a carriage return at the serial port (0x3f8).
const GUEST: &[u8] = b"\x31\xc0\x8e\xd8\xba\x02\x06\xb8\x00\x01\xef\xbe\x47\x7c\xe8\x2c\x00\
    \xfb\xf4\xba\x00\x06\xed\xf6\xc4\x01\x75\x18\xba\xfd\x03\xec\xa8\x01\x74\xed\xba\xf8\x03\xec\x3c\x0d\x75\xe5\xbe\x5a\x7c\xe8\x0b\x00\xeb\xdd\
    \xba\x04\x06\xb8\x00\x20\xef\xeb\xd4\
    \xac\xba\xf8\x03\xee\x84\xc0\x75\xf7\xc3\
    tiny guest is up\r\n\0still here\r\n\0";

struct Real {
    folder: tempfile::TempDir,
    /// A whole Linux instead of the boot sector.
    guest: Option<PathBuf>,
}

impl Real {
    /// Nothing outside a testbed, where a test could meet somebody's own guests.
    fn new() -> Option<Self> {
        if std::env::var_os("OFFING_TESTBED").is_none_or(|value| value != "1") {
            println!("left out: needs the testbed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // As a data folder must be where QEMU does not run as root.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
        let mut sector = vec![0; 1 << 20];
        sector[..GUEST.len()].copy_from_slice(GUEST);
        sector[510..512].copy_from_slice(&[0x55, 0xaa]);
        std::fs::write(folder.path().join("image"), sector).unwrap();
        Some(Self { folder, guest: None })
    }

    fn open(&self) -> Libvirt {
        Libvirt::new("qemu:///system", self.folder.path(), Kvm::Fails("tests translate".into())).unwrap()
    }
}

impl Place for Real {
    fn connect(&self) -> Arc<dyn Hypervisor> {
        Arc::new(self.open())
    }

    fn root(&self) -> RootDisk {
        match &self.guest {
            Some(image) => root_of(image.clone(), "qcow2", 1 << 30),
            None => root_of(self.folder.path().join("image"), "raw", 1 << 20),
        }
    }

    fn ready(&self) -> (&'static str, &'static str) {
        match self.guest {
            // It calls itself so because its config drive does.
            Some(_) => ("contract login:", "contract login:"),
            None => ("tiny guest is up", "still here"),
        }
    }

    fn leftovers(&self, instance: InstanceId) -> Vec<String> {
        let names = run("virsh", &["list", "--all", "--name"]);
        let domains = names.lines().filter(|name| *name == domain_name(instance)).map(str::to_owned);
        let folder = self.open().files(instance).folder;
        domains.chain(folder.exists().then(|| folder.display().to_string())).collect()
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(240)
    }
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// One test at a time: some of them stop libvirtd.
static HOST: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test]
async fn real_lifecycle() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    contract::lifecycle(&place).await;
}

#[tokio::test]
async fn real_snapshots() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    contract::snapshots(&place).await;
}

/// The copy stands by itself and holds what the guest's disk does; one in the making is given up, and begun anew.
#[tokio::test]
async fn real_snapshots_hold_what_the_disk_does() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let (host, spec) = (place.open(), spec(&place));
    let id = spec.instance;
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    let frozen = host.snapshot(id).await.unwrap();
    assert!(!frozen.overlay);
    let raw = place.folder.path().join("raw");
    let (copy, to) = (frozen.disk.to_string_lossy().into_owned(), raw.to_string_lossy().into_owned());
    run("qemu-img", &["convert", "-f", "qcow2", "-O", "raw", &copy, &to]);
    assert_eq!(std::fs::read(&raw).unwrap()[..GUEST.len()], *GUEST);
    host.snapshot_end(id).await.unwrap();
    assert!(!frozen.disk.exists());

    // A program that died has left one behind, which goes on without it.
    let name = domain_name(id);
    let xml = format!(
        "<domainbackup mode='push'><disks><disk name='vda' backup='yes' type='file'><driver type='qcow2'/><target file='{copy}'/></disk></disks></domainbackup>"
    );
    let file = place.folder.path().join("backup.xml");
    std::fs::write(&file, xml).unwrap();
    run("virsh", &["blkdeviotune", &name, "vda", "--total-bytes-sec", "1024"]);
    run("virsh", &["backup-begin", &name, "--backupxml", &file.to_string_lossy()]);
    host.snapshot_end(id).await.unwrap();
    assert!(!frozen.disk.exists());
    run("virsh", &["blkdeviotune", &name, "vda", "--total-bytes-sec", "0"]);
    host.snapshot(id).await.unwrap();
    host.remove(id).await.unwrap();
    assert_eq!(place.leftovers(id), Vec::<String>::new());
}

#[tokio::test]
async fn real_consoles() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    contract::consoles(&place).await;
}

#[tokio::test]
async fn real_power_button() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    contract::power_button(&place).await;
}

#[tokio::test]
async fn real_linux_reads_its_config_drive_and_obeys_the_power_button() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let Some(guest) = std::env::var_os("OFFING_GUEST_IMAGE") else {
        println!("left out: needs the guest image in OFFING_GUEST_IMAGE");
        return;
    };
    contract::power_button(&Real { guest: Some(guest.into()), ..place }).await;
}

#[tokio::test]
async fn real_host_is_described() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let host = place.open().host().await.unwrap();
    assert!(host.hypervisor.starts_with("QEMU ") && host.hypervisor.matches('.').count() == 2, "{host:?}");
    assert!(host.cpus > 0 && host.memory_mb > 512 && host.disk_free > 1 << 20, "{host:?}");
    assert_eq!(host.virtualisation, Virtualisation::Tcg);
    assert_eq!(host.virtualisation_why.as_deref(), Some("tests translate"));
}

#[tokio::test]
async fn real_others_domains_are_left_alone() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let host = place.open();
    let (stranger, namesake) = (InstanceId(Uuid::new_v4()), InstanceId(Uuid::new_v4()));
    for (id, name) in [(stranger, "stranger".to_owned()), (namesake, domain_name(namesake))] {
        let xml = format!(
            "<domain type='qemu'><name>{name}</name><uuid>{id}</uuid><memory unit='MiB'>16</memory><os><type>hvm</type></os></domain>"
        );
        let file = place.folder.path().join("stranger.xml");
        std::fs::write(&file, xml).unwrap();
        run("virsh", &["define", &file.to_string_lossy()]);
        run("virsh", &["start", &name]);

        assert_eq!(seen(&host, id).await, None);
        for call in [host.start(id).await, host.shutdown(id).await, host.force_off(id).await] {
            assert!(matches!(call, Err(HypervisorError::Missing(_))), "{call:?}");
        }
        let why = host.define(&DomainSpec { instance: id, ..spec(&place) }).await.unwrap_err().to_string();
        assert!(why.contains("not Offing's"), "{why}");
        host.remove(id).await.unwrap();
        assert_eq!(run("virsh", &["domstate", &name]).trim(), "running");
        run("virsh", &["destroy", &name]);
        run("virsh", &["undefine", &name]);
    }
}

#[tokio::test]
async fn real_changes_by_others_are_seen() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let (host, spec) = (place.open(), spec(&place));
    let (id, name) = (spec.instance, domain_name(spec.instance));
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    let first = seen(&host, id).await.unwrap();
    let told = async |expected: Option<Power>| {
        let told = async {
            while power(&host, id).await != expected {
                host.changed().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), told)
            .await
            .unwrap_or_else(|_| panic!("{expected:?} is not told"));
    };
    run("virsh", &["suspend", &name]);
    told(Some(Power::Paused)).await;
    assert_eq!(seen(&host, id).await.unwrap().boot, first.boot);
    host.start(id).await.unwrap();
    assert_eq!(seen(&host, id).await.unwrap(), first, "resumed, not started");

    run("virsh", &["destroy", &name]);
    told(Some(Power::Off)).await;
    run("virsh", &["start", &name]);
    told(Some(Power::Running)).await;
    assert_ne!(seen(&host, id).await.unwrap().boot, first.boot);

    let pid = std::fs::read_to_string(format!("/run/libvirt/qemu/{name}.pid")).unwrap();
    run("kill", &["-9", pid.trim()]);
    told(Some(Power::Crashed)).await;
    host.start(id).await.unwrap();
    run("virsh", &["undefine", &name]);
    assert_eq!(power(&host, id).await, Some(Power::Running), "it runs on without a definition");
    host.define(&spec).await.unwrap();
    run("virsh", &["destroy", &name]);
    run("virsh", &["undefine", &name]);
    told(None).await;
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    run("virsh", &["undefine", &name]);
    host.remove(id).await.unwrap();
    assert_eq!(place.leftovers(id), Vec::<String>::new());
}

#[tokio::test]
async fn real_guests_outlive_libvirtd() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let (host, spec) = (place.open(), spec(&place));
    let id = spec.instance;
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    until_ready(&place, &host, id).await;
    let before = host.list().await.unwrap();

    let pid = std::fs::read_to_string("/run/libvirt/libvirtd.pid").unwrap();
    let command = std::fs::read_to_string(format!("/proc/{}/cmdline", pid.trim())).unwrap();
    let command: Vec<&str> = command.trim_end_matches('\0').split('\0').collect();
    run("kill", &["-9", pid.trim()]);
    let gone = || async { matches!(host.list().await, Err(HypervisorError::Unreachable(_))).then_some(()) };
    until(place.patience(), "libvirtd is gone", gone).await;
    assert!(!host.console_log(id, None, 100).await.unwrap().bytes.is_empty(), "the log needs no libvirtd");
    assert!(host.vnc(id).await.is_ok(), "nor does the screen");

    run(command[0], &command[1..]);
    let back = || async { host.list().await.ok() };
    assert_eq!(until(place.patience(), "libvirtd is back", back).await, before);
    assert_eq!(place.open().list().await.unwrap(), before, "a new program sees the same boot");
    host.remove(id).await.unwrap();
}

#[tokio::test]
async fn real_interfaces_are_joined_to_the_switch() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let host = place.open();
    let nic = Nic { port: PortId(Uuid::new_v4()), mac: "fa:16:3e:12:34:56".into(), mtu: 1442 };
    let tap = super::super::domain_xml::tap(&nic);
    let spec = DomainSpec { nics: vec![nic.clone()], ..spec(&place) };
    host.define(&spec).await.unwrap();
    host.start(spec.instance).await.unwrap();
    let iface = run("ovs-vsctl", &["--timeout=10", "get", "interface", &tap, "external_ids:iface-id"]);
    assert_eq!(iface.trim().trim_matches('"'), nic.port.to_string());
    let link = run("ip", &["-o", "link", "show", &tap]);
    assert!(link.contains("mtu 1442"), "{link}");
    host.force_off(spec.instance).await.unwrap();
    let ports = run("ovs-vsctl", &["--timeout=10", "list-ports", "br-int"]);
    assert!(!ports.contains(&tap), "{ports}");
    host.remove(spec.instance).await.unwrap();
}

#[tokio::test]
async fn real_refusals_say_why() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let (host, spec) = (place.open(), spec(&place));
    host.define(&spec).await.unwrap();
    std::fs::remove_file(place.folder.path().join("image")).unwrap();
    let why = host.start(spec.instance).await.unwrap_err();
    assert!(matches!(&why, HypervisorError::Failed(why) if why.contains("image")), "{why:?}");
    assert_eq!(power(&host, spec.instance).await, Some(Power::Off));
    host.remove(spec.instance).await.unwrap();
}

/// Whatever the shipped namespaces offer, libvirt takes and QEMU starts with.
#[tokio::test]
async fn real_hardware_of_every_kind_starts() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let host = place.open();
    let uefi = host.host().await.unwrap().uefi;
    let mut asked: Vec<Vec<(String, String)>> = Vec::new();
    for resource in [ResourceType::Image, ResourceType::Flavor] {
        for property in crate::metadef::namespaces(resource).unwrap().into_iter().flat_map(|it| it.properties) {
            let values = match property.kind {
                PropertyType::Boolean => vec!["true".to_owned(), "false".to_owned()],
                PropertyType::Integer => vec!["2".to_owned()],
                _ => property.choices,
            };
            asked.extend(values.into_iter().map(|value| vec![(property.name.clone(), value)]));
        }
    }
    for together in [
        "hw_machine_type=q35 hw_firmware_type=uefi",
        "hw_machine_type=q35 hw_disk_bus=sata hw_boot_menu=true",
        "hw_disk_bus=scsi hw_cdrom_bus=scsi",
        "hw_disk_bus=scsi hw_scsi_model=lsilogic",
        "hw_disk_bus=ide hw_cdrom_bus=sata hw_qemu_guest_agent=no",
        "hw_disk_bus=usb hw_cdrom_bus=usb",
        "hw:cpu_threads=2 hw_cpu_max_sockets=1",
    ] {
        asked
            .push(together.split(' ').filter_map(|it| it.split_once('=')).map(|(n, v)| (n.into(), v.into())).collect());
    }
    let mut tried = 0;
    for properties in asked {
        let all: hardware::Properties = properties.iter().cloned().collect();
        let kept = hardware::kept(&all, &all);
        if kept.is_empty() {
            continue;
        }
        if all.get("hw_firmware_type").is_some_and(|it| it == "uefi") && !uefi {
            println!("left out: {properties:?} needs OVMF");
            continue;
        }
        let nic = Nic { port: PortId(Uuid::new_v4()), mac: "fa:16:3e:12:34:56".into(), mtu: 1442 };
        let hardware = hardware::hardware(&kept, 4).unwrap_or_else(|why| panic!("{properties:?}: {why:?}"));
        let spec = DomainSpec { hardware, vcpus: 4, nics: vec![nic], ..spec(&place) };
        host.define(&spec).await.unwrap_or_else(|why| panic!("{properties:?}: {why}"));
        host.start(spec.instance).await.unwrap_or_else(|why| panic!("{properties:?}: {why}"));
        assert_eq!(power(&host, spec.instance).await, Some(Power::Running), "{properties:?}");
        host.define(&spec).await.unwrap_or_else(|why| panic!("{properties:?}, once more: {why}"));
        host.remove(spec.instance).await.unwrap();
        assert_eq!(place.leftovers(spec.instance), Vec::<String>::new(), "{properties:?}");
        tried += 1;
    }
    assert!(tried > 40, "{tried}");
}

/// A disk on another bus is called otherwise, and is copied all the same.
#[tokio::test]
async fn real_snapshots_of_a_disk_on_another_bus() {
    let _host = HOST.lock().await;
    let Some(place) = Real::new() else { return };
    let (host, mut spec) = (place.open(), spec(&place));
    spec.hardware.disk_bus = hardware::Bus::Sata;
    spec.hardware.machine = hardware::Machine::Q35;
    spec.hardware.cdrom_bus = hardware::Bus::Sata;
    host.define(&spec).await.unwrap();
    host.start(spec.instance).await.unwrap();
    until_ready(&place, &host, spec.instance).await;
    let frozen = host.snapshot(spec.instance).await.unwrap();
    assert!(frozen.disk.exists());
    host.remove(spec.instance).await.unwrap();
}
