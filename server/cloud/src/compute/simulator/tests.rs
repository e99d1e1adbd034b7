use super::super::contract::{self, Place, picture, power, root_of, seen, spec, until};
use super::*;

struct Simulated {
    folder: tempfile::TempDir,
    options: Options,
}

impl Simulated {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { folder: Some(folder.path().into()), ..Options::default() };
        Self { folder, options }
    }

    fn open(&self) -> Simulator {
        Simulator::new(self.options.clone()).unwrap()
    }
}

impl Place for Simulated {
    fn connect(&self) -> Arc<dyn Hypervisor> {
        Arc::new(self.open())
    }

    fn root(&self) -> RootDisk {
        root_of("/nowhere/image".into(), "qcow2", 1 << 30)
    }

    fn ready(&self) -> (&'static str, &'static str) {
        ("contract login: ", "contract login: ")
    }

    fn leftovers(&self, _: InstanceId) -> Vec<String> {
        std::fs::read_dir(self.folder.path()).unwrap().map(|entry| format!("{entry:?}")).collect()
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }
}

#[tokio::test(start_paused = true)]
async fn lifecycle() {
    contract::lifecycle(&Simulated::new()).await;
}

#[tokio::test(start_paused = true)]
async fn snapshots() {
    contract::snapshots(&Simulated::new()).await;
}

#[tokio::test(start_paused = true)]
async fn consoles() {
    contract::consoles(&Simulated::new()).await;
}

#[tokio::test(start_paused = true)]
async fn power_button() {
    contract::power_button(&Simulated::new()).await;
}

async fn log(host: &Simulator, id: InstanceId) -> String {
    String::from_utf8(host.console_log(id, Some(0), usize::MAX).await.unwrap().bytes).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_log_grows_over_the_boot_time_and_over_boots() {
    let place = Simulated::new();
    let host = place.open();
    let spec = spec(&place);
    let id = spec.instance;
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    let at_once = log(&host, id).await;
    assert!(at_once.starts_with("SeaBIOS") && !at_once.contains("login"), "{at_once}");
    tokio::time::advance(Duration::from_secs(3)).await;
    let halfway = log(&host, id).await;
    assert!(halfway.len() > at_once.len() && halfway.starts_with(&at_once) && !halfway.contains("login"), "{halfway}");
    tokio::time::advance(Duration::from_secs(3)).await;
    let booted = log(&host, id).await;
    assert!(booted.starts_with(&halfway) && booted.ends_with("contract login: "), "{booted}");

    host.shutdown(id).await.unwrap();
    assert_eq!(power(&host, id).await, Some(Power::Running));
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(power(&host, id).await, Some(Power::Off));
    host.start(id).await.unwrap();
    let again = log(&host, id).await;
    assert!(again.starts_with(&booted) && again.ends_with("Power down\r\nSeaBIOS (version 1.16.3)\r\n"), "{again}");
}

#[tokio::test(start_paused = true)]
async fn an_instant_host_is_instant() {
    let place = Simulated { options: Options::instant(), ..Simulated::new() };
    let (host, spec) = (place.open(), spec(&place));
    host.define(&spec).await.unwrap();
    host.start(spec.instance).await.unwrap();
    assert!(log(&host, spec.instance).await.ends_with("login: "));
    host.shutdown(spec.instance).await.unwrap();
    assert_eq!(power(&host, spec.instance).await, Some(Power::Off));
}

#[tokio::test(start_paused = true)]
async fn what_runs_outlives_the_program() {
    let place = Simulated::new();
    let (first, spec, paused) = (place.open(), spec(&place), spec(&place));
    let id = spec.instance;
    for spec in [&spec, &paused] {
        first.define(spec).await.unwrap();
        first.start(spec.instance).await.unwrap();
    }
    first.power_behind_back(paused.instance, Power::Paused).unwrap();
    let before = first.list().await.unwrap();
    drop(first);

    let second = place.open();
    assert_eq!(second.list().await.unwrap(), before);
    assert!(log(&second, id).await.ends_with("login: "), "booted while nobody looked");
    second.shutdown(id).await.unwrap();
    drop(second);

    let third = place.open();
    assert_eq!(power(&third, id).await, Some(Power::Off), "went off while nobody looked");
    third.start(id).await.unwrap();
    assert!(before.iter().all(|seen| seen.boot < 3));
    assert_eq!(seen(&third, id).await.unwrap().boot, 3);
    third.remove(paused.instance).await.unwrap();
    std::fs::write(place.folder.path().join("stray.json"), "{").unwrap();
    std::fs::write(place.folder.path().join(format!("{}.json", paused.instance)), "{").unwrap();
    assert_eq!(place.open().list().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn changes_by_others_are_told_and_seen() {
    let place = Simulated::new();
    let (host, spec) = (place.open(), spec(&place));
    let id = spec.instance;
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    let mut quiet = Box::pin(host.changed());
    assert!(futures::poll!(&mut quiet).is_pending(), "our own calls are no news");

    let told = tokio::spawn({
        let host = host.clone();
        async move { host.changed().await }
    });
    drop(quiet);
    host.destroy_behind_back(id).unwrap();
    told.await.unwrap();
    assert_eq!(power(&host, id).await, Some(Power::Off));

    for (power, boot) in [(Power::Running, 2), (Power::Paused, 2), (Power::Running, 2), (Power::Crashed, 0)] {
        host.power_behind_back(id, power).unwrap();
        host.changed().await;
        assert_eq!(seen(&host, id).await, Some(Seen { instance: id, power, boot }));
    }
    host.undefine_behind_back(id).unwrap();
    host.changed().await;
    assert_eq!(seen(&host, id).await, None);
    assert!(matches!(host.start(id).await, Err(HypervisorError::Missing(_))));
}

#[tokio::test(start_paused = true)]
async fn faults_come_when_they_are_asked_for() {
    let host = Simulator::new(Options::instant()).unwrap();
    let spec = spec(&Simulated::new());
    let id = spec.instance;
    let faults = host.faults();

    faults.fail_next(Call::Start, "no memory");
    host.define(&spec).await.unwrap();
    assert_eq!(host.start(id).await.unwrap_err().to_string(), "no memory");
    host.start(id).await.unwrap();

    faults.unreachable(true);
    assert!(matches!(host.list().await, Err(HypervisorError::Unreachable(_))));
    assert!(matches!(host.force_off(id).await, Err(HypervisorError::Unreachable(_))));
    faults.unreachable(false);
    host.changed().await;
    assert_eq!(power(&host, id).await, Some(Power::Running));

    faults.ignore_power_button(true);
    host.shutdown(id).await.unwrap();
    assert_eq!(power(&host, id).await, Some(Power::Running));
    faults.ignore_power_button(false);

    faults.trip_at(2, Trip::Fail("disk full".into()));
    host.start(id).await.unwrap();
    assert!(faults.trip_pending());
    assert_eq!(host.force_off(id).await.unwrap_err().to_string(), "disk full");
    assert!(!faults.trip_pending());
    assert_eq!(power(&host, id).await, Some(Power::Running), "what failed changed nothing");

    faults.trip_at(1, Trip::Halt);
    let program = tokio::spawn({
        let host = host.clone();
        async move { host.force_off(id).await }
    });
    host.faults().halted().await;
    assert!(!program.is_finished());
    program.abort();
    faults.resume();
    assert_eq!(power(&host, id).await, Some(Power::Off), "the halted call took effect");
}

#[tokio::test(start_paused = true)]
async fn a_guest_can_power_itself_off() {
    let place = Simulated::new();
    let (host, spec) = (place.open(), spec(&place));
    let id = spec.instance;
    host.define(&spec).await.unwrap();
    host.start(id).await.unwrap();
    contract::until_ready(&place, &host, id).await;
    let mut serial = host.serial(id).await.unwrap();
    serial.write_all(b"root\rpw\rpoweroff\r").await.unwrap();
    until(place.patience(), "off", || async { (power(&host, id).await == Some(Power::Off)).then_some(()) }).await;
    assert!(log(&host, id).await.ends_with("reboot: Power down\r\n"));
}

#[tokio::test(start_paused = true)]
async fn the_screen_shows_the_log() {
    let place = Simulated::new();
    let (host, spec) = (place.open(), spec(&place));
    host.define(&spec).await.unwrap();
    host.start(spec.instance).await.unwrap();
    assert_eq!(picture(&mut host.vnc(spec.instance).await.unwrap()).await, 2);
}
