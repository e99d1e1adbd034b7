//! What hardware a domain is given: what the properties of its image and its flavor ask for, and otherwise what suits every guest. Pure.
//!
//! The properties are Glance's and Nova's own. An instance keeps those that it was launched with, because image and flavor may change or
//! go; what they come to is worked out anew whenever its domain is defined.

use api::Why;
use std::collections::BTreeMap;

/// An enum of words that properties and libvirt share.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    )+};
}

words! {
    /// QEMU's board.
    Machine { Pc = "pc", Q35 = "q35" }
    Firmware { Bios = "bios", Uefi = "uefi" }
    /// What a disk or a CD-ROM drive is attached to.
    Bus { Virtio = "virtio", Scsi = "scsi", Sata = "sata", Ide = "ide", Usb = "usb" }
    ScsiModel { Virtio = "virtio-scsi", Lsi = "lsilogic" }
    Nic { Virtio = "virtio", E1000 = "e1000", E1000e = "e1000e", Rtl8139 = "rtl8139", Ne2k = "ne2k_pci", Pcnet = "pcnet", Vmxnet3 = "vmxnet3" }
    Video { Vga = "vga", Bochs = "bochs", Cirrus = "cirrus", Virtio = "virtio", None = "none" }
    /// What the pointer is attached to.
    Input { Usb = "usb", Virtio = "virtio" }
    /// What is done to a guest that no longer answers its watchdog.
    Watchdog { Disabled = "disabled", None = "none", Pause = "pause", Poweroff = "poweroff", Reset = "reset" }
}

/// How the vCPUs are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topology {
    pub sockets: u32,
    pub cores: u32,
    pub threads: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hardware {
    pub machine: Machine,
    pub firmware: Firmware,
    pub disk_bus: Bus,
    pub cdrom_bus: Bus,
    pub scsi: ScsiModel,
    pub nic: Nic,
    pub video: Video,
    pub input: Input,
    pub watchdog: Watchdog,
    /// The channel that the QEMU guest agent answers at.
    pub guest_agent: bool,
    /// The firmware shows what can be booted from.
    pub boot_menu: bool,
    /// The clock shows the host's local time, as Windows expects it.
    pub local_time: bool,
    pub topology: Option<Topology>,
    /// Limits on the root disk: libvirt's element and its value.
    pub throttle: Vec<(&'static str, u64)>,
}

impl Default for Hardware {
    fn default() -> Self {
        Self {
            // With `q35` CD-ROMs are on SATA, for which Debian's cloud kernel, for one, has no driver: it would not see its config drive.
            machine: Machine::Pc,
            firmware: Firmware::Bios,
            disk_bus: Bus::Virtio,
            cdrom_bus: Bus::Ide,
            scsi: ScsiModel::Virtio,
            nic: Nic::Virtio,
            video: Video::Vga,
            input: Input::Usb,
            watchdog: Watchdog::Disabled,
            guest_agent: true,
            boot_menu: false,
            local_time: false,
            topology: None,
            throttle: Vec::new(),
        }
    }
}

pub type Properties = BTreeMap<String, String>;

/// What an image says that a launch goes by; all else in it is for people and for the guest.
const OF_IMAGES: [&str; 19] = [
    "hw_boot_menu",
    "hw_cdrom_bus",
    "hw_cpu_cores",
    "hw_cpu_max_cores",
    "hw_cpu_max_sockets",
    "hw_cpu_max_threads",
    "hw_cpu_sockets",
    "hw_cpu_threads",
    "hw_disk_bus",
    "hw_firmware_type",
    "hw_input_bus",
    "hw_machine_type",
    "hw_qemu_guest_agent",
    "hw_scsi_model",
    "hw_vif_model",
    "hw_video_model",
    "hw_watchdog_action",
    "os_shutdown_timeout",
    "os_type",
];

/// Limits on the root disk by a flavor's property, and libvirt's word for each.
const THROTTLE: [(&str, &str); 4] = [
    ("quota:disk_read_bytes_sec", "read_bytes_sec"),
    ("quota:disk_write_bytes_sec", "write_bytes_sec"),
    ("quota:disk_read_iops_sec", "read_iops_sec"),
    ("quota:disk_write_iops_sec", "write_iops_sec"),
];

/// What an instance keeps of both: what an image says under its own names, and a flavor under those with a colon.
pub fn kept(image: &Properties, flavor: &Properties) -> Properties {
    let image = image.iter().filter(|(name, _)| OF_IMAGES.contains(&name.as_str()));
    let flavor = flavor.iter().filter(|(name, _)| name.starts_with("hw:") || name.starts_with("quota:disk_"));
    image.chain(flavor).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What an image of the instance's disk has to say of the hardware: each property that a launch goes by, with what the instance keeps of it.
pub fn of_snapshot(kept: &Properties) -> Vec<(&'static str, Option<&str>)> {
    OF_IMAGES.iter().map(|name| (*name, kept.get(*name).map(String::as_str))).collect()
}

/// Why an image can be started on none of the hosts; each has an architecture, and UEFI or none. Where no host is known yet, nobody can tell.
pub fn unfit(image: &Properties, hosts: &[(String, bool)]) -> Option<Why> {
    let says = |name: &str| image.get(name).map(String::as_str);
    for (name, fits) in [("img_hv_type", &["kvm", "qemu"][..]), ("vm_mode", &["hvm"])] {
        if let Some(value) = says(name).filter(|value| !fits.contains(value)) {
            return Some(no_hardware(name, value));
        }
    }
    if let Some((has, _)) = hosts.first()
        && let Some(needs) = says("architecture").filter(|needs| !hosts.iter().any(|(has, _)| runs(has, needs)))
    {
        return Some(Why::Architecture { needs: needs.to_owned(), has: has.clone() });
    }
    let wants_uefi = says("hw_firmware_type") == Some(Firmware::Uefi.as_str());
    (wants_uefi && !hosts.is_empty() && !hosts.iter().any(|(_, uefi)| *uefi)).then_some(Why::NoUefi)
}

fn runs(host: &str, wanted: &str) -> bool {
    let wanted = if wanted == "amd64" { "x86_64" } else { wanted };
    host == wanted || (host, wanted) == ("x86_64", "i686")
}

fn no_hardware(property: &str, value: &str) -> Why {
    Why::NoHardware { property: property.to_owned(), value: value.to_owned() }
}

/// Why there is no such hardware: the form's field that is at fault, and the reason.
pub type Misfit = (&'static str, Why);

/// The hardware that the properties ask for.
pub fn hardware(properties: &Properties, vcpus: u32) -> Result<Hardware, Misfit> {
    let ask = Ask(properties);
    let usual = Hardware::default();
    let machine = ask.word("hw_machine_type", Machine::parse)?.unwrap_or(usual.machine);
    let cdrom_bus = if machine == Machine::Q35 { Bus::Sata } else { Bus::Ide };
    let hardware = Hardware {
        machine,
        firmware: ask.word("hw_firmware_type", Firmware::parse)?.unwrap_or(usual.firmware),
        disk_bus: ask.word("hw_disk_bus", Bus::parse)?.unwrap_or(usual.disk_bus),
        cdrom_bus: ask
            .word("hw_cdrom_bus", |text| Bus::parse(text).filter(|bus| *bus != Bus::Virtio))?
            .unwrap_or(cdrom_bus),
        scsi: ask.word("hw_scsi_model", ScsiModel::parse)?.unwrap_or(usual.scsi),
        nic: ask.word("hw_vif_model", Nic::parse)?.unwrap_or(usual.nic),
        video: ask.word("hw_video_model", Video::parse)?.unwrap_or(usual.video),
        input: ask.word("hw_input_bus", Input::parse)?.unwrap_or(usual.input),
        // The image knows better than the flavor what is in it: Nova's order.
        watchdog: match ask.word("hw_watchdog_action", Watchdog::parse)? {
            Some(action) => action,
            None => ask.word("hw:watchdog_action", Watchdog::parse)?.unwrap_or(usual.watchdog),
        },
        guest_agent: ask.word("hw_qemu_guest_agent", yes_or_no)?.unwrap_or(usual.guest_agent),
        boot_menu: ask.word("hw_boot_menu", yes_or_no)?.unwrap_or(usual.boot_menu),
        local_time: ask.get("os_type") == Some("windows"),
        topology: ask.topology(vcpus)?,
        throttle: ask.throttle()?,
    };
    let on_ide = [("hw_disk_bus", hardware.disk_bus), ("hw_cdrom_bus", hardware.cdrom_bus)];
    if let Some((property, _)) = on_ide.into_iter().find(|(_, bus)| *bus == Bus::Ide && machine == Machine::Q35) {
        let (value, other) = (Bus::Ide.as_str().to_owned(), "hw_machine_type=q35".to_owned());
        return Err(("image", Why::HardwareClash { property: property.to_owned(), value, other }));
    }
    Ok(hardware)
}

/// How long a guest may take to shut down, in seconds, if its image says so.
pub fn shutdown_seconds(properties: &Properties) -> Option<i64> {
    properties.get("os_shutdown_timeout")?.parse().ok().filter(|seconds| (0..=3600).contains(seconds))
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

struct Ask<'a>(&'a Properties);

impl Ask<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn word<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Misfit> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let field = if name.contains(':') { "flavor" } else { "image" };
        parse(text).map(Some).ok_or_else(|| (field, no_hardware(name, text)))
    }

    /// The arrangement that comes nearest to what is wished for, within what the guest takes: the flavor's wish before the image's, and the
    /// narrower of both limits. As in Nova, sockets are preferred to cores and these to threads.
    fn topology(&self, vcpus: u32) -> Result<Option<Topology>, Misfit> {
        let number = |name: String| self.word(&name, |text| text.parse().ok().filter(|n: &u32| *n > 0));
        let mut wishes = [None; 3];
        let mut limits = [u32::MAX; 3];
        let mut asked = false;
        for (n, part) in ["sockets", "cores", "threads"].into_iter().enumerate() {
            let (flavor, image) = (number(format!("hw:cpu_{part}"))?, number(format!("hw_cpu_{part}"))?);
            let most = (number(format!("hw:cpu_max_{part}"))?, number(format!("hw_cpu_max_{part}"))?);
            wishes[n] = flavor.or(image);
            limits[n] = most.0.unwrap_or(u32::MAX).min(most.1.unwrap_or(u32::MAX));
            asked |= wishes[n].is_some() || limits[n] < u32::MAX;
        }
        if !asked {
            return Ok(None);
        }
        let divides = |n: &u32| vcpus.is_multiple_of(*n);
        let possible = (1..=vcpus).filter(divides).flat_map(|sockets| {
            let each = vcpus / sockets;
            (1..=each).filter(move |cores| each.is_multiple_of(*cores)).map(move |cores| [sockets, cores, each / cores])
        });
        let within = possible.filter(|it| it.iter().zip(limits).all(|(n, limit)| *n <= limit));
        let nearest =
            within.max_by_key(|it| (it.iter().zip(wishes).filter(|(n, wish)| Some(**n) == *wish).count(), *it));
        let [sockets, cores, threads] = nearest.ok_or(("flavor", Why::Topology { vcpus }))?;
        Ok(Some(Topology { sockets, cores, threads }))
    }

    fn throttle(&self) -> Result<Vec<(&'static str, u64)>, Misfit> {
        let mut limits = Vec::new();
        for (name, element) in THROTTLE {
            limits.extend(
                self.word(name, |text| text.parse().ok())?.filter(|limit| *limit > 0).map(|limit| (element, limit)),
            );
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(text: &str) -> Properties {
        let pairs = text.split_whitespace().map(|pair| pair.split_once('=').unwrap());
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn properties_become_devices() {
        fn check(text: &str, change: impl Fn(&mut Hardware)) {
            let mut expected = Hardware::default();
            change(&mut expected);
            assert_eq!(hardware(&properties(text), 4), Ok(expected), "{text}");
        }
        check("", |_| ());
        check("os_distro=debian my_key=mine hw_rng_model=virtio os_type=linux", |_| ());
        check("hw_machine_type=q35", |it| (it.machine, it.cdrom_bus) = (Machine::Q35, Bus::Sata));
        check("hw_machine_type=pc hw_cdrom_bus=scsi", |it| it.cdrom_bus = Bus::Scsi);
        check("hw_firmware_type=uefi", |it| it.firmware = Firmware::Uefi);
        check("hw_disk_bus=scsi hw_scsi_model=lsilogic", |it| (it.disk_bus, it.scsi) = (Bus::Scsi, ScsiModel::Lsi));
        check("hw_vif_model=e1000e hw_video_model=none", |it| (it.nic, it.video) = (Nic::E1000e, Video::None));
        check("hw_input_bus=virtio", |it| it.input = Input::Virtio);
        check("hw:watchdog_action=reset", |it| it.watchdog = Watchdog::Reset);
        check("hw:watchdog_action=reset hw_watchdog_action=pause", |it| it.watchdog = Watchdog::Pause);
        check("hw_qemu_guest_agent=no hw_boot_menu=true", |it| (it.guest_agent, it.boot_menu) = (false, true));
        check("os_type=windows", |it| it.local_time = true);
        check("quota:disk_read_bytes_sec=1048576 quota:disk_write_iops_sec=0", |it| {
            it.throttle = vec![("read_bytes_sec", 1 << 20)];
        });
    }

    #[test]
    fn topologies() {
        fn check(text: &str, vcpus: u32, expected: Result<(u32, u32, u32), &str>) {
            let found = hardware(&properties(text), vcpus);
            let found = found.map(|it| it.topology.map_or((0, 0, 0), |it| (it.sockets, it.cores, it.threads)));
            let found = found.map_err(|(field, why)| format!("{field}: {why}"));
            assert_eq!(found.as_ref().copied().map_err(String::as_str), expected, "{text} of {vcpus}");
        }
        const NONE: &str = "flavor: The 8 vCPUs of this flavor cannot be arranged in sockets, cores and threads as the image and the flavor ask.";
        check("", 8, Ok((0, 0, 0)));
        check("hw:cpu_sockets=2", 8, Ok((2, 4, 1)));
        check("hw_cpu_cores=4", 8, Ok((2, 4, 1)));
        check("hw_cpu_cores=4 hw:cpu_cores=2", 8, Ok((4, 2, 1)));
        check("hw:cpu_threads=2 hw:cpu_sockets=1", 8, Ok((1, 4, 2)));
        check("hw_cpu_max_sockets=1", 8, Ok((1, 8, 1)));
        check("hw_cpu_max_sockets=2 hw:cpu_max_cores=2", 8, Ok((2, 2, 2)));
        check("hw:cpu_cores=3", 8, Ok((8, 1, 1)));
        check("hw_cpu_max_sockets=1 hw:cpu_max_cores=2 hw_cpu_max_threads=2", 8, Err(NONE));
        check("hw:cpu_cores=none", 8, Err("flavor: hw:cpu_cores=none cannot be given to an instance here."));
    }

    #[test]
    fn what_cannot_be_given_is_said() {
        fn check(text: &str, expected: &str) {
            let (field, why) = hardware(&properties(text), 1).unwrap_err();
            assert_eq!(format!("{field}: {why}"), expected);
        }
        check("hw_disk_bus=fdc", "image: hw_disk_bus=fdc cannot be given to an instance here.");
        check("hw_cdrom_bus=virtio", "image: hw_cdrom_bus=virtio cannot be given to an instance here.");
        check("hw_machine_type=virt", "image: hw_machine_type=virt cannot be given to an instance here.");
        check("hw:watchdog_action=bark", "flavor: hw:watchdog_action=bark cannot be given to an instance here.");
        check("hw_machine_type=q35 hw_disk_bus=ide", "image: hw_disk_bus=ide does not go with hw_machine_type=q35.");
        check("hw_machine_type=q35 hw_cdrom_bus=ide", "image: hw_cdrom_bus=ide does not go with hw_machine_type=q35.");
        check("quota:disk_read_iops_sec=x", "flavor: quota:disk_read_iops_sec=x cannot be given to an instance here.");
    }

    #[test]
    fn images_fit_the_hosts() {
        fn check(image: &str, hosts: &[(&str, bool)], expected: Option<&str>) {
            let hosts: Vec<_> = hosts.iter().map(|(architecture, uefi)| ((*architecture).to_owned(), *uefi)).collect();
            let why = unfit(&properties(image), &hosts).map(|why| why.to_string());
            assert_eq!(why.as_deref(), expected, "{image}");
        }
        let host = [("x86_64", false)];
        check("", &host, None);
        check("architecture=x86_64", &host, None);
        check("architecture=i686", &host, None);
        check("architecture=aarch64", &host, Some("The image is for aarch64 processors; the hosts here have x86_64."));
        check("architecture=aarch64", &[], None);
        check("architecture=aarch64", &[("x86_64", false), ("aarch64", false)], None);
        let no_uefi = "No host here can start an instance with UEFI. An administrator has to install OVMF there.";
        check("hw_firmware_type=uefi", &host, Some(no_uefi));
        check("hw_firmware_type=uefi", &[("x86_64", true)], None);
        check("hw_firmware_type=bios", &host, None);
        check("img_hv_type=qemu vm_mode=hvm", &host, None);
        check("img_hv_type=xen", &host, Some("img_hv_type=xen cannot be given to an instance here."));
        check("vm_mode=uml", &[], Some("vm_mode=uml cannot be given to an instance here."));
    }

    #[test]
    fn an_instance_keeps_what_it_is_made_by() {
        let image = properties("hw_disk_bus=scsi os_distro=debian architecture=x86_64 os_type=linux hw:cpu_cores=9");
        let flavor = properties("hw:cpu_cores=2 quota:disk_read_iops_sec=10 quota:cpu_shares=5 hw_disk_bus=ide x=y");
        let expected = properties("hw_disk_bus=scsi os_type=linux hw:cpu_cores=2 quota:disk_read_iops_sec=10");
        assert_eq!(kept(&image, &flavor), expected);
        assert_eq!(shutdown_seconds(&properties("os_shutdown_timeout=5")), Some(5));
        assert_eq!(shutdown_seconds(&properties("os_shutdown_timeout=x")), None);
    }
}
