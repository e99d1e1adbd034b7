// The consoles of an instance, as an element that connects when it is put into a page and hangs up when it is taken out:
//
//   <offing-console data-kind="vnc | serial" data-url="/p/…/console/vnc" data-connecting="…" data-connected="…" data-broken="…">
//     <div class="console-bar"><span class="console-state"></span><button data-do="ctrl-alt-del | reconnect | full-screen">…</div>
//     <div class="console-screen"></div>
//   </offing-console>
//
// `data-state` on the element is `connecting`, `connected` or `broken`. Ctrl+Alt+G, QEMU's own key for this, leaves the console, so
// that the keyboard is no trap.

const PATIENCE = [500, 1000, 2000, 5000]; // milliseconds until the next attempt
const POLICY = 1008; // the WebSocket close code of “you may not”

class Console extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    this.attempts = 0;
    const { signal } = this.gone;
    this.addEventListener("click", (event) => this.press(event.target.closest("[data-do]")?.dataset.do), { signal });
    this.addEventListener("keydown", (event) => this.leave(event), { signal, capture: true });
    this.connect();
  }

  disconnectedCallback() {
    this.gone.abort();
    clearTimeout(this.timer);
    this.line?.close();
  }

  async connect() {
    clearTimeout(this.timer);
    this.line?.close();
    this.line = undefined;
    const mine = (this.turn = {});
    this.show("connecting");
    const url = new URL(this.dataset.url, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const screen = this.querySelector(".console-screen");
    const events = {
      opened: () => {
        if (this.turn !== mine) return;
        this.attempts = 0;
        this.show("connected");
      },
      closed: (code, reason) => {
        if (this.turn !== mine || !this.isConnected) return;
        this.show("broken", reason);
        if (code === POLICY) return;
        const wait = PATIENCE[Math.min(this.attempts++, PATIENCE.length - 1)];
        this.timer = setTimeout(() => this.connect(), wait);
      },
    };
    const open = this.dataset.kind === "vnc" ? openScreen : openLine;
    const line = await open(url.href, screen, events);
    if (this.turn === mine && this.isConnected) this.line = line;
    else line.close();
  }

  show(state, why) {
    this.dataset.state = state;
    this.querySelector(".console-state").textContent = why || this.dataset[state];
  }

  press(what) {
    if (what === "ctrl-alt-del") this.line?.ctrlAltDel();
    if (what === "reconnect") this.connect();
    if (what === "full-screen") document.fullscreenElement ? document.exitFullscreen() : this.requestFullscreen();
    if (what) this.line?.focus();
  }

  leave(event) {
    if (event.ctrlKey && event.altKey && event.code === "KeyG") {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.querySelector("button").focus();
    }
  }
}

/** The screen, keyboard and mouse. */
async function openScreen(url, screen, { opened, closed }) {
  const { default: RFB } = await import("/vendor/novnc.js");
  screen.replaceChildren();
  const rfb = new RFB(screen, url);
  rfb.scaleViewport = true;
  rfb.background = "transparent";
  rfb.addEventListener("connect", opened);
  rfb.addEventListener("disconnect", () => closed());
  rfb.addEventListener("securityfailure", ({ detail }) => closed(POLICY, detail.reason));
  return { close: () => rfb.disconnect(), focus: () => rfb.focus(), ctrlAltDel: () => rfb.sendCtrlAltDel() };
}

/** The serial line. */
async function openLine(url, screen, { opened, closed }) {
  const { Terminal, FitAddon } = await import("/vendor/terminal.js");
  await style("/vendor/terminal.css");
  screen.replaceChildren();
  const terminal = new Terminal({
    fontFamily: getComputedStyle(screen).getPropertyValue("--mono"),
    fontSize: 13,
    scrollback: 5000,
    screenReaderMode: true,
    theme: { background: getComputedStyle(screen).backgroundColor },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(screen);
  fit.fit();
  const resized = new ResizeObserver(() => fit.fit());
  resized.observe(screen);

  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const bytes = new TextEncoder();
  terminal.onData((text) => socket.readyState === WebSocket.OPEN && socket.send(bytes.encode(text)));
  socket.onopen = opened;
  socket.onmessage = ({ data }) => terminal.write(typeof data === "string" ? data : new Uint8Array(data));
  socket.onclose = ({ code, reason }) => closed(code, reason);
  const close = () => {
    resized.disconnect();
    socket.onclose = null;
    socket.close();
    terminal.dispose();
  };
  return { close, focus: () => terminal.focus(), ctrlAltDel: () => {} };
}

/** Loads a style sheet, once. */
function style(href) {
  const link = document.querySelector(`link[href="${href}"]`) ?? Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  if (link.sheet) return;
  return new Promise((done) => {
    link.addEventListener("load", done, { once: true });
    link.addEventListener("error", done, { once: true });
    document.head.append(link);
  });
}

customElements.define("offing-console", Console);
