//! What every hypervisor driver must do, as tests over `dyn Hypervisor`: run against the simulator and against real libvirt and QEMU.

use super::hypervisor::*;
use api::{ImageId, InstanceId, ProjectId};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

/// Where a driver is put to the test.
pub(super) trait Place {
    /// A new connection to the host; domains made through an earlier one are there.
    fn connect(&self) -> Arc<dyn Hypervisor>;
    /// The root disk of a guest that prints [`Place::ready`] at the end of its boot.
    fn root(&self) -> RootDisk;
    /// What the console log says when the guest is up, and what the serial console answers to an Enter then.
    fn ready(&self) -> (&'static str, &'static str);
    /// What is left on the host of an instance: domain, files, sockets.
    fn leftovers(&self, instance: InstanceId) -> Vec<String>;
    /// How long a slow guest may take to boot or to stop.
    fn patience(&self) -> Duration;
}

pub(super) fn spec(place: &impl Place) -> DomainSpec {
    DomainSpec {
        instance: InstanceId(Uuid::new_v4()),
        project: ProjectId(Uuid::new_v4()),
        name: "contract <&\"'> test".into(),
        vcpus: 1,
        memory_mb: 192,
        root: place.root(),
        hardware: Default::default(),
        config_drive: vec![("openstack/latest/meta_data.json".into(), br#"{"hostname":"contract"}"#.to_vec())],
        nics: Vec::new(),
    }
}

pub(super) fn root_of(base: std::path::PathBuf, base_format: &'static str, size: u64) -> RootDisk {
    RootDisk { image: ImageId(Uuid::new_v4()), base, base_format, size, cdrom: false }
}

pub(super) async fn seen(host: &dyn Hypervisor, instance: InstanceId) -> Option<Seen> {
    host.list().await.unwrap().into_iter().find(|seen| seen.instance == instance)
}

pub(super) async fn power(host: &dyn Hypervisor, instance: InstanceId) -> Option<Power> {
    seen(host, instance).await.map(|seen| seen.power)
}

/// Waits until `look` finds something; panics with `what` when it takes longer than `patience`.
pub(super) async fn until<T>(patience: Duration, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(patience, search).await.unwrap_or_else(|_| panic!("waited in vain until {what}"))
}

async fn until_power(place: &impl Place, host: &dyn Hypervisor, instance: InstanceId, wanted: Power) {
    until(place.patience(), &format!("{wanted:?}"), async || {
        (power(host, instance).await == Some(wanted)).then_some(())
    })
    .await;
}

pub(super) async fn until_ready(place: &impl Place, host: &dyn Hypervisor, instance: InstanceId) {
    let log =
        async || String::from_utf8_lossy(&host.console_log(instance, None, 1 << 20).await.unwrap().bytes).into_owned();
    let ready = async {
        while !log().await.contains(place.ready().0) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(place.patience(), ready).await.is_err() {
        panic!("the guest did not come up; it said:\n{}", log().await);
    }
}

/// From definition to removal, with every call made twice.
pub(super) async fn lifecycle(place: &impl Place) {
    let host = place.connect();
    let (spec, missing) = (spec(place), InstanceId(Uuid::new_v4()));
    let id = spec.instance;
    let host = host.as_ref();

    for call in [host.start(missing).await, host.shutdown(missing).await, host.force_off(missing).await] {
        assert!(matches!(call, Err(HypervisorError::Missing(of)) if of == missing), "{call:?}");
    }
    host.remove(missing).await.unwrap();
    assert!(matches!(host.vnc(missing).await.err(), Some(HypervisorError::Missing(_))));

    for _ in 0..2 {
        host.define(&spec).await.unwrap();
        assert_eq!(power(host, id).await, Some(Power::Off));
    }
    assert!(!place.leftovers(id).is_empty(), "the test would not see what is left");
    assert!(matches!(host.vnc(id).await.err(), Some(HypervisorError::Failed(_))));
    assert!(matches!(host.serial(id).await.err(), Some(HypervisorError::Failed(_))));
    host.shutdown(id).await.unwrap();
    host.force_off(id).await.unwrap();

    host.start(id).await.unwrap();
    let first = seen(host, id).await.unwrap();
    assert_eq!(first.power, Power::Running);
    host.start(id).await.unwrap();
    host.define(&spec).await.unwrap();
    assert_eq!(seen(host, id).await.unwrap(), first, "what runs is left alone");

    let again = place.connect();
    assert_eq!(seen(again.as_ref(), id).await.unwrap(), first, "another connection sees the same");

    for _ in 0..2 {
        host.force_off(id).await.unwrap();
        assert_eq!(power(host, id).await, Some(Power::Off));
    }
    host.start(id).await.unwrap();
    let second = seen(host, id).await.unwrap();
    assert_eq!(second.power, Power::Running);
    assert_ne!(second.boot, first.boot);

    for _ in 0..2 {
        host.remove(id).await.unwrap();
        assert_eq!(seen(host, id).await, None);
        assert_eq!(place.leftovers(id), Vec::<String>::new());
    }
    assert!(matches!(host.console_log(id, None, 100).await, Err(HypervisorError::Missing(_))));
}

/// Copies of the root disk: of a guest that runs and goes on, and of one that is off.
pub(super) async fn snapshots(place: &impl Place) {
    let host = place.connect();
    let host = host.as_ref();
    let spec = spec(place);
    let (id, missing) = (spec.instance, InstanceId(Uuid::new_v4()));
    assert!(matches!(host.snapshot(missing).await, Err(HypervisorError::Missing(of)) if of == missing));
    host.snapshot_end(missing).await.unwrap();
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    until_ready(place, host, id).await;
    let boot = seen(host, id).await.unwrap();

    for power in [Power::Running, Power::Running, Power::Off] {
        let frozen = host.snapshot(id).await.unwrap();
        let file = std::fs::File::open(&frozen.disk).unwrap();
        let len = file.metadata().unwrap().len();
        let verdict = crate::image::inspect::overlay(file, len).unwrap();
        assert_eq!(verdict.virtual_size, spec.root.size, "{power:?}");
        assert_eq!(seen(host, id).await, Some(boot), "the guest goes on");
        if power == Power::Off {
            host.force_off(id).await.unwrap();
            assert!(host.snapshot(id).await.is_ok(), "of one that is off");
        }
    }
    for _ in 0..2 {
        host.snapshot_end(id).await.unwrap();
    }
    host.start(id).await.unwrap();
    host.remove(id).await.unwrap();
    assert_eq!(place.leftovers(id), Vec::<String>::new());
}

/// The log as it grows, the serial console and the screen.
pub(super) async fn consoles(place: &impl Place) {
    let host = place.connect();
    let host = host.as_ref();
    let spec = spec(place);
    let id = spec.instance;
    host.define(&spec).await.unwrap();
    assert_eq!(host.console_log(id, None, 1000).await.unwrap().bytes, b"");
    host.start(id).await.unwrap();

    // Read as a follower does: on from where the last part ended.
    let mut followed = Vec::new();
    let mut next = 0;
    tokio::time::timeout(place.patience(), async {
        while !String::from_utf8_lossy(&followed).contains(place.ready().0) {
            let part = host.console_log(id, Some(next), 100).await.unwrap();
            assert_eq!(part.start, next);
            assert_eq!(part.end, next + part.bytes.len() as u64);
            if part.bytes.is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            followed.extend(part.bytes);
            next = part.end;
        }
    })
    .await
    .expect("the log ends with the guest's being up");
    let whole = host.console_log(id, Some(0), 1 << 20).await.unwrap();
    assert_eq!(whole.bytes[..followed.len()], followed);
    let tail = host.console_log(id, None, 10).await.unwrap();
    assert_eq!(tail.bytes.len(), 10);
    assert_eq!(tail.start, tail.end - 10);
    assert_eq!(host.console_log(id, Some(1 << 40), 10).await.unwrap().bytes, b"");

    let mut serial = host.serial(id).await.unwrap();
    let mut onlooker = host.serial(id).await.unwrap();
    serial.write_all(b"\r").await.unwrap();
    for viewer in [&mut serial, &mut onlooker] {
        let mut answer = Vec::new();
        tokio::time::timeout(place.patience(), async {
            while !String::from_utf8_lossy(&answer).contains(place.ready().1) {
                assert_ne!(viewer.read_buf(&mut answer).await.unwrap(), 0, "serial console ended");
            }
        })
        .await
        .unwrap_or_else(|_| panic!("serial console answers; it said {:?}", String::from_utf8_lossy(&answer)));
    }
    until(place.patience(), "what the serial console said stands in the log", async || {
        let log = host.console_log(id, Some(next), 1 << 20).await.unwrap();
        String::from_utf8_lossy(&log.bytes).contains(place.ready().1).then_some(())
    })
    .await;

    until(place.patience(), "the screen shows something", async || {
        let colours = picture(&mut host.vnc(id).await.unwrap()).await;
        (colours > 1).then_some(())
    })
    .await;

    let mut vnc = host.vnc(id).await.unwrap();
    host.force_off(id).await.unwrap();
    let mut rest = Vec::new();
    for stream in [&mut serial, &mut onlooker, &mut vnc] {
        // Ended or broken off, both will do.
        let _ =
            tokio::time::timeout(place.patience(), stream.read_to_end(&mut rest)).await.expect("ends with the power");
    }
    host.remove(id).await.unwrap();
}

/// Shakes hands as a viewer does, asks for the whole screen and counts its colours.
pub(super) async fn picture(vnc: &mut BoxStream) -> usize {
    let mut version = [0; 12];
    vnc.read_exact(&mut version).await.unwrap();
    assert_eq!(&version, b"RFB 003.008\n");
    vnc.write_all(&version).await.unwrap();
    let count = vnc.read_u8().await.unwrap();
    let mut types = vec![0; count.into()];
    vnc.read_exact(&mut types).await.unwrap();
    assert!(types.contains(&1), "no password is asked for: {types:?}");
    vnc.write_all(&[1]).await.unwrap();
    assert_eq!(vnc.read_u32().await.unwrap(), 0, "let in");
    vnc.write_all(&[1]).await.unwrap();
    let (width, height) = (vnc.read_u16().await.unwrap(), vnc.read_u16().await.unwrap());
    let mut format = [0; 16];
    vnc.read_exact(&mut format).await.unwrap();
    let mut name = vec![0; vnc.read_u32().await.unwrap() as usize];
    vnc.read_exact(&mut name).await.unwrap();

    let [w, h] = [width, height].map(u16::to_be_bytes);
    vnc.write_all(&[3, 0, 0, 0, 0, 0, w[0], w[1], h[0], h[1]]).await.unwrap();
    let mut colours = std::collections::HashSet::new();
    let mut missing = u64::from(width) * u64::from(height);
    while missing > 0 {
        assert_eq!(vnc.read_u16().await.unwrap() >> 8, 0, "a FramebufferUpdate");
        for _ in 0..vnc.read_u16().await.unwrap() {
            let mut head = [0; 12];
            vnc.read_exact(&mut head).await.unwrap();
            assert_eq!(head[8..], [0; 4], "Raw encoding");
            let area =
                u64::from(u16::from_be_bytes([head[4], head[5]])) * u64::from(u16::from_be_bytes([head[6], head[7]]));
            let mut pixels = vec![0; area as usize * format[0] as usize / 8];
            vnc.read_exact(&mut pixels).await.unwrap();
            colours.extend(pixels.chunks(format[0] as usize / 8).map(<[u8]>::to_vec));
            missing = missing.saturating_sub(area);
        }
    }
    colours.len()
}

/// The power button, which the guest obeys in its own time.
pub(super) async fn power_button(place: &impl Place) {
    let host = place.connect();
    let host = host.as_ref();
    let spec = spec(place);
    let id = spec.instance;
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    until_ready(place, host, id).await;

    host.shutdown(id).await.unwrap();
    let stopped = async {
        while power(host, id).await != Some(Power::Off) {
            host.changed().await;
        }
    };
    tokio::time::timeout(place.patience(), stopped).await.expect("`changed` tells when the guest has gone off");
    host.shutdown(id).await.unwrap();
    host.start(id).await.unwrap();
    until_power(place, host, id, Power::Running).await;
    host.remove(id).await.unwrap();
    assert_eq!(place.leftovers(id), Vec::<String>::new());
}
