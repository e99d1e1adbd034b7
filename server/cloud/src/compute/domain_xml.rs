//! The domain as libvirt wants it written. Pure.
//!
//! Nothing is left to be probed: every disk names its format and its whole backing chain, so that a header which a guest wrote into its
//! own disk is never believed. Consoles are unix sockets in the instance's folder; nothing listens on the network.

use super::hardware::{Bus, Firmware, Hardware, Watchdog};
use super::hypervisor::{DomainSpec, Nic};
use api::InstanceId;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The XML namespace of our mark. A domain without it is somebody else's.
pub const NAMESPACE: &str = "urn:offing:instance";

/// The bridge that Open vSwitch and OVN join instances on.
const BRIDGE: &str = "br-int";

/// Where an instance's files lie. Removing the folder removes all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    pub folder: PathBuf,
}

impl Files {
    /// The root disk's overlay.
    pub fn disk(&self) -> PathBuf {
        self.folder.join("disk.qcow2")
    }

    /// A copy of the root disk, while a snapshot is made of a guest that runs.
    pub fn snapshot(&self) -> PathBuf {
        self.folder.join("snapshot.qcow2")
    }

    pub fn config_drive(&self) -> PathBuf {
        self.folder.join("config.iso")
    }

    /// Everything that the serial port printed, over all boots.
    pub fn console_log(&self) -> PathBuf {
        self.folder.join("console.log")
    }

    pub fn serial(&self) -> PathBuf {
        self.folder.join("serial.sock")
    }

    /// What belongs to QEMU's user: QEMU binds its sockets itself.
    pub fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    pub fn vnc(&self) -> PathBuf {
        self.run().join("vnc.sock")
    }
}

/// The domain's name: the id, marked as ours for whoever reads `virsh list`.
pub fn domain_name(instance: InstanceId) -> String {
    format!("offing-{instance}")
}

/// The whole domain. With `kvm` false QEMU translates, which works everywhere.
pub fn domain_xml(spec: &DomainSpec, files: &Files, kvm: bool) -> String {
    let hardware = &spec.hardware;
    let mut xml = Xml::default();
    xml.open("domain", &[("type", if kvm { "kvm" } else { "qemu" })]);
    xml.text("name", &domain_name(spec.instance));
    xml.text("uuid", &spec.instance.to_string());
    xml.text("title", spec.name.lines().next().unwrap_or_default());
    xml.open("metadata", &[]);
    let (instance, project) = (spec.instance.to_string(), spec.project.to_string());
    xml.empty("offing:instance", &[("xmlns:offing", NAMESPACE), ("id", &instance), ("project", &project)]);
    xml.close("metadata");
    xml.element("memory", &[("unit", "MiB")], &spec.memory_mb.to_string());
    xml.text("vcpu", &spec.vcpus.to_string());
    system(&mut xml, hardware);
    xml.open("features", &[]);
    xml.empty("acpi", &[]);
    xml.empty("apic", &[]);
    xml.close("features");
    // Translated, `maximum` is what newer distributions need (x86-64-v2 and v3); on KVM, `host-model` can still be migrated.
    let mode = [("mode", if kvm { "host-model" } else { "maximum" })];
    match hardware.topology {
        None => xml.empty("cpu", &mode),
        Some(it) => {
            let [sockets, cores, threads] = [it.sockets, it.cores, it.threads].map(|n| n.to_string());
            xml.open("cpu", &mode);
            xml.empty("topology", &[("sockets", &sockets), ("cores", &cores), ("threads", &threads)]);
            xml.close("cpu");
        }
    }
    xml.empty("clock", &[("offset", if hardware.local_time { "localtime" } else { "utc" })]);
    xml.text("on_poweroff", "destroy");
    xml.text("on_reboot", "restart");
    xml.text("on_crash", "destroy");
    xml.open("devices", &[]);
    disks(&mut xml, spec, files);
    spec.nics.iter().for_each(|nic| interface(&mut xml, nic, hardware));
    consoles(&mut xml, files, hardware);
    xml.open("rng", &[("model", "virtio")]);
    xml.element("backend", &[("model", "random")], "/dev/urandom");
    xml.close("rng");
    if hardware.watchdog != Watchdog::Disabled {
        xml.empty("watchdog", &[("model", "i6300esb"), ("action", hardware.watchdog.as_str())]);
    }
    xml.empty("memballoon", &[("model", "virtio")]);
    xml.close("devices");
    xml.close("domain");
    xml.0
}

/// The board and its firmware. libvirt finds the file of the firmware; it has to take one that starts unsigned loaders too.
fn system(xml: &mut Xml, hardware: &Hardware) {
    let uefi = hardware.firmware == Firmware::Uefi;
    xml.open("os", if uefi { &[("firmware", "efi")][..] } else { &[] });
    xml.element("type", &[("arch", "x86_64"), ("machine", hardware.machine.as_str())], "hvm");
    if uefi {
        xml.open("firmware", &[]);
        xml.empty("feature", &[("enabled", "no"), ("name", "secure-boot")]);
        xml.close("firmware");
    }
    if hardware.boot_menu {
        xml.empty("bootmenu", &[("enable", "yes")]);
    }
    xml.close("os");
}

/// What a drive is called on that bus; `n` counts the drives.
fn drive(bus: Bus, n: u8) -> String {
    let kind = match bus {
        Bus::Virtio => "vd",
        Bus::Ide => "hd",
        Bus::Scsi | Bus::Sata | Bus::Usb => "sd",
    };
    format!("{kind}{}", char::from(b'a' + n))
}

fn disks(xml: &mut Xml, spec: &DomainSpec, files: &Files) {
    let (base, hardware) = (path(&spec.root.base), &spec.hardware);
    let (bus, cdroms) = (hardware.disk_bus, hardware.cdrom_bus);
    if bus == Bus::Scsi || cdroms == Bus::Scsi {
        xml.empty("controller", &[("type", "scsi"), ("index", "0"), ("model", hardware.scsi.as_str())]);
    }
    xml.open("disk", &[("type", "file"), ("device", "disk")]);
    xml.empty("driver", &[("name", "qemu"), ("type", "qcow2"), ("discard", "unmap")]);
    xml.empty("source", &[("file", &path(&files.disk()))]);
    if spec.root.cdrom {
        xml.empty("backingStore", &[]);
    } else {
        xml.open("backingStore", &[("type", "file")]);
        xml.empty("format", &[("type", spec.root.base_format)]);
        xml.empty("source", &[("file", &base)]);
        xml.empty("backingStore", &[]);
        xml.close("backingStore");
    }
    xml.empty("target", &[("dev", &drive(bus, 0)), ("bus", bus.as_str())]);
    if !hardware.throttle.is_empty() {
        xml.open("iotune", &[]);
        hardware.throttle.iter().for_each(|(element, limit)| xml.text(element, &limit.to_string()));
        xml.close("iotune");
    }
    xml.empty("boot", &[("order", "1")]);
    xml.close("disk");
    // Drives are called by their kind of bus: names on another go on where the disk's ends.
    let first = u8::from(drive(cdroms, 0) == drive(bus, 0));
    cdrom(xml, (&drive(cdroms, first), cdroms), &path(&files.config_drive()), None);
    if spec.root.cdrom {
        // After the disk: an empty disk boots nothing, and once something is installed there it wins.
        cdrom(xml, (&drive(cdroms, first + 1), cdroms), &base, Some("2"));
    }
}

fn cdrom(xml: &mut Xml, (device, bus): (&str, Bus), file: &str, boot_order: Option<&str>) {
    xml.open("disk", &[("type", "file"), ("device", "cdrom")]);
    xml.empty("driver", &[("name", "qemu"), ("type", "raw")]);
    xml.empty("source", &[("file", file)]);
    xml.empty("backingStore", &[]);
    xml.empty("target", &[("dev", device), ("bus", bus.as_str())]);
    xml.empty("readonly", &[]);
    if let Some(order) = boot_order {
        xml.empty("boot", &[("order", order)]);
    }
    xml.close("disk");
}

fn interface(xml: &mut Xml, nic: &Nic, hardware: &Hardware) {
    let port = nic.port.to_string();
    xml.open("interface", &[("type", "bridge")]);
    xml.empty("mac", &[("address", &nic.mac)]);
    xml.empty("source", &[("bridge", BRIDGE)]);
    xml.open("virtualport", &[("type", "openvswitch")]);
    xml.empty("parameters", &[("interfaceid", &port)]);
    xml.close("virtualport");
    xml.empty("target", &[("dev", &tap(nic))]);
    xml.empty("model", &[("type", hardware.nic.as_str())]);
    xml.empty("mtu", &[("size", &nic.mtu.to_string())]);
    xml.close("interface");
}

/// The tap device's name, as Neutron's agents make it.
pub fn tap(nic: &Nic) -> String {
    format!("tap{:.11}", nic.port.to_string())
}

fn consoles(xml: &mut Xml, files: &Files, hardware: &Hardware) {
    xml.open("serial", &[("type", "unix")]);
    xml.empty("source", &[("mode", "bind"), ("path", &path(&files.serial()))]);
    xml.empty("log", &[("file", &path(&files.console_log())), ("append", "on")]);
    xml.empty("target", &[("type", "isa-serial"), ("port", "0")]);
    xml.close("serial");
    if hardware.guest_agent {
        xml.open("channel", &[("type", "unix")]);
        xml.empty("target", &[("type", "virtio"), ("name", "org.qemu.guest_agent.0")]);
        xml.close("channel");
    }
    xml.empty("graphics", &[("type", "vnc"), ("socket", &path(&files.vnc()))]);
    xml.open("video", &[]);
    xml.empty("model", &[("type", hardware.video.as_str())]);
    xml.close("video");
    // A tablet reports places, not movements, so that the pointer in the browser and the guest's stay together.
    xml.empty("controller", &[("type", "usb"), ("model", "qemu-xhci")]);
    xml.empty("input", &[("type", "tablet"), ("bus", hardware.input.as_str())]);
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// XML text under construction; whatever is put into it comes out as data.
#[derive(Default)]
struct Xml(String);

impl Xml {
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.0.push('>');
    }

    fn close(&mut self, name: &str) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.0, "</{name}>");
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.0.push_str("/>\n");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.element(name, &[], text);
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.0.push_str(&escaped(text));
        self.close(name);
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            let _ = write!(self.0, " {key}=\"{}\"", escaped(value));
        }
    }
}

/// `text` as it may stand between tags and in attributes. What XML 1.0 cannot hold at all becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::hypervisor::RootDisk;
    use super::*;
    use api::{ImageId, PortId, ProjectId};
    use uuid::Uuid;

    fn spec() -> DomainSpec {
        DomainSpec {
            instance: InstanceId(Uuid::from_u128(0x11111111_2222_4333_8444_555555555555)),
            project: ProjectId(Uuid::from_u128(0xaaaaaaaa_bbbb_4ccc_8ddd_eeeeeeeeeeee)),
            name: "web".into(),
            vcpus: 2,
            memory_mb: 512,
            root: RootDisk {
                image: ImageId(Uuid::from_u128(1)),
                base: "/data/images/base".into(),
                base_format: "raw",
                size: 1 << 30,
                cdrom: false,
            },
            hardware: Hardware::default(),
            config_drive: Vec::new(),
            nics: vec![Nic {
                port: PortId(Uuid::from_u128(0x01234567_89ab_4def_8123_456789abcdef)),
                mac: "fa:16:3e:01:02:03".into(),
                mtu: 1442,
            }],
        }
    }

    fn written(spec: &DomainSpec, kvm: bool) -> String {
        domain_xml(spec, &Files { folder: "/data/instances/i".into() }, kvm)
    }

    #[test]
    fn a_whole_domain() {
        let expected = r#"<domain type="qemu"><name>offing-11111111-2222-4333-8444-555555555555</name>
<uuid>11111111-2222-4333-8444-555555555555</uuid>
<title>web</title>
<metadata><offing:instance xmlns:offing="urn:offing:instance" id="11111111-2222-4333-8444-555555555555" project="aaaaaaaabbbb4ccc8dddeeeeeeeeeeee"/>
</metadata>
<memory unit="MiB">512</memory>
<vcpu>2</vcpu>
<os><type arch="x86_64" machine="pc">hvm</type>
</os>
<features><acpi/>
<apic/>
</features>
<cpu mode="maximum"/>
<clock offset="utc"/>
<on_poweroff>destroy</on_poweroff>
<on_reboot>restart</on_reboot>
<on_crash>destroy</on_crash>
<devices><disk type="file" device="disk"><driver name="qemu" type="qcow2" discard="unmap"/>
<source file="/data/instances/i/disk.qcow2"/>
<backingStore type="file"><format type="raw"/>
<source file="/data/images/base"/>
<backingStore/>
</backingStore>
<target dev="vda" bus="virtio"/>
<boot order="1"/>
</disk>
<disk type="file" device="cdrom"><driver name="qemu" type="raw"/>
<source file="/data/instances/i/config.iso"/>
<backingStore/>
<target dev="hda" bus="ide"/>
<readonly/>
</disk>
<interface type="bridge"><mac address="fa:16:3e:01:02:03"/>
<source bridge="br-int"/>
<virtualport type="openvswitch"><parameters interfaceid="01234567-89ab-4def-8123-456789abcdef"/>
</virtualport>
<target dev="tap01234567-89"/>
<model type="virtio"/>
<mtu size="1442"/>
</interface>
<serial type="unix"><source mode="bind" path="/data/instances/i/serial.sock"/>
<log file="/data/instances/i/console.log" append="on"/>
<target type="isa-serial" port="0"/>
</serial>
<channel type="unix"><target type="virtio" name="org.qemu.guest_agent.0"/>
</channel>
<graphics type="vnc" socket="/data/instances/i/run/vnc.sock"/>
<video><model type="vga"/>
</video>
<controller type="usb" model="qemu-xhci"/>
<input type="tablet" bus="usb"/>
<rng model="virtio"><backend model="random">/dev/urandom</backend>
</rng>
<memballoon model="virtio"/>
</devices>
</domain>
"#;
        assert_eq!(written(&spec(), false), expected);
    }

    #[test]
    fn what_differs() {
        let check = |change: fn(&mut DomainSpec), kvm: bool, has: &[&str], has_not: &[&str]| {
            let mut spec = spec();
            change(&mut spec);
            let xml = written(&spec, kvm);
            has.iter().for_each(|part| assert!(xml.contains(part), "{part} is missing in {xml}"));
            has_not.iter().for_each(|part| assert!(!xml.contains(part), "{part} stands in {xml}"));
        };
        check(|_| {}, true, &[r#"<domain type="kvm">"#, r#"<cpu mode="host-model"/>"#], &["maximum"]);
        check(|spec| spec.nics.clear(), false, &[], &["<interface"]);
        check(|spec| spec.nics.push(spec.nics[0].clone()), false, &["</interface>\n<interface"], &[]);
        let disk = "<source file=\"/data/instances/i/disk.qcow2\"/>\n<backingStore/>";
        let iso = "<source file=\"/data/images/base\"/>\n<backingStore/>\n<target dev=\"hdb\" bus=\"ide\"/>\n<readonly/>\n<boot order=\"2\"/>";
        check(|spec| spec.root.cdrom = true, false, &[disk, iso], &["backingStore type"]);
        check(|spec| spec.root.base_format = "qcow2", false, &[r#"<format type="qcow2"/>"#], &[]);
    }

    #[test]
    fn devices_as_the_properties_ask() {
        let check = |properties: &[(&str, &str)], has: &[&str], has_not: &[&str]| {
            let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let mut spec = spec();
            spec.hardware = super::super::hardware::hardware(&properties, spec.vcpus).unwrap();
            spec.root.cdrom = true;
            let xml = written(&spec, false);
            has.iter().for_each(|part| assert!(xml.contains(part), "{part} is missing in {xml}"));
            has_not.iter().for_each(|part| assert!(!xml.contains(part), "{part} stands in {xml}"));
        };
        check(
            &[],
            &[r#"machine="pc""#, r#""vda" bus="virtio""#, r#""hda" bus="ide""#, r#""hdb" bus="ide""#],
            &["watchdog"],
        );
        let (sda, sdb) = (r#""sda" bus="sata""#, r#""sdb" bus="sata""#);
        check(&[("hw_machine_type", "q35")], &[r#"machine="q35""#, r#""vda""#, sda, sdb], &["bus=\"ide\""]);
        check(&[("hw_disk_bus", "sata")], &[sda, r#""hda" bus="ide""#], &[sdb]);
        let both = [("hw_machine_type", "q35"), ("hw_disk_bus", "sata")];
        check(&both, &[sda, sdb, r#""sdc" bus="sata""#], &[]);
        let scsi = [("hw_disk_bus", "scsi"), ("hw_cdrom_bus", "scsi")];
        let controller = r#"<controller type="scsi" index="0" model="virtio-scsi"/>"#;
        check(&scsi, &[controller, r#""sda" bus="scsi""#, r#""sdb" bus="scsi""#], &[]);
        check(&[("hw_scsi_model", "lsilogic"), ("hw_disk_bus", "scsi")], &[r#"model="lsilogic""#], &[]);
        check(&[("hw_disk_bus", "ide")], &[r#""hda" bus="ide""#, r#""hdb" bus="ide""#, r#""hdc" bus="ide""#], &[]);
        check(&[("hw_disk_bus", "usb")], &[r#""sda" bus="usb""#], &[]);
        let uefi = r#"<os firmware="efi">"#;
        check(&[("hw_firmware_type", "uefi")], &[uefi, r#"<feature enabled="no" name="secure-boot"/>"#], &[]);
        check(&[("hw_firmware_type", "bios")], &["<os>"], &["efi"]);
        check(&[("hw_vif_model", "e1000")], &[r#"<model type="e1000"/>"#], &[]);
        check(&[("hw_video_model", "cirrus")], &[r#"<model type="cirrus"/>"#], &[r#"type="vga""#]);
        check(&[("hw_input_bus", "virtio")], &[r#"<input type="tablet" bus="virtio"/>"#], &[]);
        check(&[("hw_watchdog_action", "reset")], &[r#"<watchdog model="i6300esb" action="reset"/>"#], &[]);
        check(&[("hw_qemu_guest_agent", "no")], &[], &["guest_agent"]);
        check(&[("hw_boot_menu", "true")], &[r#"<bootmenu enable="yes"/>"#], &[]);
        check(&[("os_type", "windows")], &[r#"<clock offset="localtime"/>"#], &[]);
        check(&[("hw:cpu_sockets", "1")], &[r#"<topology sockets="1" cores="2" threads="1"/>"#], &[]);
        let tuned = "<iotune><read_iops_sec>10</read_iops_sec>\n</iotune>\n<boot order=\"1\"/>";
        check(&[("quota:disk_read_iops_sec", "10")], &[tuned], &[]);
    }

    /// Class 9: what tenants write comes out as data, and what is not data is one of a few words.
    #[test]
    fn security_09_hostile_text_in_the_domain() {
        let attack = "scsi\"/><hostdev mode='subsystem'/>";
        for name in
            ["hw_disk_bus", "hw_machine_type", "hw_vif_model", "hw_video_model", "hw:watchdog_action", "hw:cpu_cores"]
        {
            let properties = [(name.to_owned(), attack.to_owned())].into();
            let refused = super::super::hardware::hardware(&properties, 1);
            assert!(matches!(refused, Err((_, api::Why::NoHardware { .. }))), "{name}: {refused:?}");
        }
        let check = |name: &str, title: &str| {
            let xml = written(&DomainSpec { name: name.into(), ..spec() }, false);
            assert!(xml.contains(&format!("<title>{title}</title>")), "{name:?} in {xml}");
            assert_eq!(xml.matches("<disk").count(), 2, "{name:?}");
        };
        check(
            "</title><devices><disk type='file'/>",
            "&lt;/title&gt;&lt;devices&gt;&lt;disk type=&apos;file&apos;/&gt;",
        );
        check("a & b \"c\"", "a &amp; b &quot;c&quot;");
        check("]]><!-- &#0;", "]]&gt;&lt;!-- &amp;#0;");
        check("nul \0 bell \u{7} esc \u{1b}", "nul \u{fffd} bell \u{fffd} esc \u{fffd}");
        check("tab\tend", "tab&#9;end");
        check("first\nsecond", "first");
        check("", "");
        check("한글 ä 🚢 \u{ffff}", "한글 ä 🚢 \u{fffd}");

        let mut spec = spec();
        spec.nics[0].mac = "\"/><hostdev/>".into();
        spec.root.base = "/data/'<x>\"&".into();
        let xml = written(&spec, false);
        assert!(xml.contains(r#"<mac address="&quot;/&gt;&lt;hostdev/&gt;"/>"#), "{xml}");
        assert!(xml.contains(r#"<source file="/data/&apos;&lt;x&gt;&quot;&amp;"/>"#), "{xml}");
    }
}
