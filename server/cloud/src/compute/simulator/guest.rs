//! What a simulated guest prints and answers: the boot messages of a small Linux and a shell with half a dozen commands. Pure: text in,
//! text out.

use super::Machine;

/// The boot messages, each with the part of the boot time (0 to 1) after which it appears. The last one is the login prompt.
pub(super) fn boot_lines(machine: &Machine) -> Vec<(f64, String)> {
    let Machine { hostname, vcpus, memory_mb, macs, .. } = machine;
    let total = memory_mb * 1024;
    let mut lines = vec![
        "SeaBIOS (version 1.16.3)".into(),
        "Booting from Hard Disk...".into(),
        "[    0.000000] Linux version 6.1.0-simulated (offing) #1 SMP PREEMPT_DYNAMIC".into(),
        "[    0.000000] Command line: root=LABEL=root console=tty0 console=ttyS0,115200".into(),
        "[    0.000000] DMI: Offing Simulated Machine".into(),
        format!("[    0.021000] Memory: {}K/{total}K available", total - total / 16),
        format!("[    0.104000] smp: Brought up 1 node, {vcpus} CPU{}", if *vcpus == 1 { "" } else { "s" }),
        "[    0.392000] virtio_blk virtio2: [vda] 2097152 512-byte logical blocks".into(),
        "[    0.458000] EXT4-fs (vda1): mounted filesystem with ordered data mode".into(),
    ];
    for (index, mac) in macs.iter().enumerate() {
        lines.push(format!("[    0.5{index:02}000] virtio_net virtio{index} eth{index}: {mac}"));
        lines.push(format!("udhcpc: eth{index}: sending discover, lease obtained"));
    }
    lines.extend([
        "Config drive found: applying hostname, keys and user data".into(),
        format!("Setting hostname: {hostname}"),
        "Starting sshd: OK".into(),
        String::new(),
        format!("Offing Simulated Guest {hostname} ttyS0"),
    ]);
    let count = lines.len() as f64;
    let mut timed: Vec<_> =
        lines.into_iter().enumerate().map(|(i, line)| (i as f64 / count, format!("{line}\r\n"))).collect();
    timed.push((1.0, format!("\r\n{hostname} login: ")));
    timed
}

/// What the guest prints while it goes down.
pub(super) const FAREWELL: &str = "\r\nThe system is going down NOW!\r\n[   99.000000] ACPI: PM: Preparing to enter system sleep state S5\r\n[   99.010000] reboot: Power down\r\n";

/// Where a session at the terminal stands.
#[derive(Debug, Default)]
enum Step {
    #[default]
    Login,
    Password(String),
    Shell(String),
}

/// The terminal's session: one for the serial line and the screen's keyboard, as on a small machine with one console.
#[derive(Debug, Default)]
pub(super) struct Shell {
    step: Step,
    line: String,
}

/// What typing brought about.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub text: String,
    /// The user asked the guest to power off.
    pub power_off: bool,
}

/// Longer lines are cut, as a terminal in line mode does.
const LINE_MAX: usize = 1024;

impl Shell {
    /// Takes what was typed and says what the terminal shows.
    pub fn input(&mut self, bytes: &[u8], hostname: &str) -> Answer {
        let mut answer = Answer::default();
        for byte in bytes {
            match byte {
                b'\r' | b'\n' => {
                    answer.text.push_str("\r\n");
                    let line = std::mem::take(&mut self.line);
                    self.enter(&line, hostname, &mut answer);
                }
                3 => {
                    self.line.clear();
                    answer.text.push_str("^C\r\n");
                    answer.text.push_str(&self.prompt(hostname));
                }
                8 | 0x7f => {
                    let erased = self.line.pop().is_some();
                    if erased && self.echoes() {
                        answer.text.push_str("\u{8} \u{8}");
                    }
                }
                0x20..0x7f if self.line.len() < LINE_MAX => {
                    self.line.push(*byte as char);
                    if self.echoes() {
                        answer.text.push(*byte as char);
                    }
                }
                _ => {}
            }
        }
        answer
    }

    fn echoes(&self) -> bool {
        !matches!(self.step, Step::Password(_))
    }

    fn prompt(&self, hostname: &str) -> String {
        match &self.step {
            Step::Login => format!("{hostname} login: "),
            Step::Password(_) => "Password: ".into(),
            Step::Shell(user) => format!("{user}@{hostname}:~$ "),
        }
    }

    fn enter(&mut self, line: &str, hostname: &str, answer: &mut Answer) {
        match std::mem::take(&mut self.step) {
            Step::Login if line.trim().is_empty() => {}
            Step::Login => self.step = Step::Password(line.trim().into()),
            Step::Password(user) => self.step = Step::Shell(user),
            Step::Shell(user) => {
                let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
                match word {
                    "" => {}
                    "echo" => answer.text.push_str(&format!("{}\r\n", rest.trim())),
                    "hostname" => answer.text.push_str(&format!("{hostname}\r\n")),
                    "whoami" => answer.text.push_str(&format!("{user}\r\n")),
                    "uname" => answer.text.push_str("Linux\r\n"),
                    "help" => answer.text.push_str("echo exit help hostname poweroff uname whoami\r\n"),
                    "poweroff" => answer.power_off = true,
                    "exit" | "logout" => return answer.text.push_str(&format!("\r\n{}", self.prompt(hostname))),
                    _ => answer.text.push_str(&format!("sh: {word}: not found\r\n")),
                }
                self.step = Step::Shell(user);
            }
        }
        if !answer.power_off {
            answer.text.push_str(&self.prompt(hostname));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_from_login_to_poweroff() {
        let mut shell = Shell::default();
        let mut check = |typed: &str, shows: &str, power_off: bool| {
            assert_eq!(
                shell.input(typed.as_bytes(), "vm"),
                Answer { text: shows.into(), power_off },
                "typed {typed:?}"
            );
        };
        check("\r", "\r\nvm login: ", false);
        check("ada\r", "ada\r\nPassword: ", false);
        check("secret", "", false);
        check("\r", "\r\nada@vm:~$ ", false);
        check("ecx\x7fho  hi\r", "ecx\u{8} \u{8}ho  hi\r\nhi\r\nada@vm:~$ ", false);
        check("who\x03", "who^C\r\nada@vm:~$ ", false);
        check("whoami\r", "whoami\r\nada\r\nada@vm:~$ ", false);
        check("rm -rf /\r", "rm -rf /\r\nsh: rm: not found\r\nada@vm:~$ ", false);
        check("\x1b[A\u{e9}", "[A", false);
        check("\x03", "^C\r\nada@vm:~$ ", false);
        check("exit\r", "exit\r\n\r\nvm login: ", false);
        check("ada\r\rpoweroff\r", "ada\r\nPassword: \r\nada@vm:~$ poweroff\r\n", true);
    }

    #[test]
    fn the_boot_ends_with_the_login_prompt() {
        let machine = Machine {
            hostname: "web-1".into(),
            vcpus: 2,
            memory_mb: 512,
            disk: 1 << 30,
            macs: vec!["fa:16:3e:00:00:01".into()],
        };
        let lines = boot_lines(&machine);
        assert!(lines.is_sorted_by(|a, b| a.0 <= b.0));
        assert_eq!(lines.first().unwrap().0, 0.0);
        assert_eq!(lines.last().unwrap(), &(1.0, "\r\nweb-1 login: ".to_owned()));
        assert!(lines.iter().any(|(_, line)| line.contains("Brought up 1 node, 2 CPUs")));
        assert!(lines.iter().any(|(_, line)| line.contains("fa:16:3e:00:00:01")));
    }
}
