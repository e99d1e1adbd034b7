// The button that asks a device for a passkey (WebAuthn), as an element inside the form that is sent with the answer:
//
//   <form><input type="hidden" name="passkey"><input type="hidden" name="credential">
//     <offing-passkey data-kind="get | create" data-ask="/sign-in/passkey" data-options="…" data-unusable="…" data-failed="…" data-known="…">
//       <button type="button">…</button><p role="status"></p>
//     </offing-passkey></form>
//
// With `data-options` that is what is asked; without, it is fetched from `data-ask` when the button is pressed, so that no question grows
// old on a page that stays open. `data-state` on the element is `asking`, `unusable` or `failed`.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function asked(options) {
  const { publicKey: key } = options;
  key.challenge = bytes(key.challenge);
  if (key.user) key.user.id = bytes(key.user.id);
  key.excludeCredentials = named(key.excludeCredentials);
  key.allowCredentials = named(key.allowCredentials);
  return { publicKey: key };
}

function answered(credential) {
  const { response } = credential;
  const sent = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    sent.attestationObject = text(response.attestationObject);
    sent.transports = response.getTransports?.() ?? [];
  } else {
    sent.authenticatorData = text(response.authenticatorData);
    sent.signature = text(response.signature);
    sent.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: sent, extensions: {} });
}

class Passkey extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const button = this.querySelector("button");
    button.addEventListener("click", () => this.ask(), { signal: this.gone.signal });
    // An address of numbers is no name that a passkey could belong to.
    const named = !/^(\[.*\]|[\d.]+)$/.test(location.hostname);
    if (!window.PublicKeyCredential || !isSecureContext || !named) {
      button.disabled = true;
      this.show("unusable", this.dataset.unusable);
    }
  }

  disconnectedCallback() {
    this.gone.abort();
  }

  async ask() {
    if (this.dataset.state === "asking") return;
    this.show("asking", "");
    const { elements } = this.closest("form");
    const { signal } = this.gone;
    try {
      let { options } = this.dataset;
      if (!options) {
        const body = new URLSearchParams({ ticket: elements.ticket?.value ?? "" });
        const answer = await fetch(this.dataset.ask, { method: "POST", body, signal });
        if (!answer.ok) throw new Error(answer.statusText);
        const challenge = await answer.json();
        options = challenge.options;
        elements.passkey.value = challenge.ticket;
      }
      const how = { ...asked(JSON.parse(options)), signal };
      const credential = await (this.dataset.kind === "create" ? navigator.credentials.create(how) : navigator.credentials.get(how));
      elements.credential.value = answered(credential);
      this.show("", "");
      elements.credential.form.requestSubmit();
    } catch (error) {
      if (signal.aborted) return;
      this.show("failed", error.name === "InvalidStateError" ? this.dataset.known : this.dataset.failed);
    }
  }

  show(state, why) {
    this.dataset.state = state;
    this.querySelector("[role=status]").textContent = why;
  }
}

if (!customElements.get("offing-passkey")) customElements.define("offing-passkey", Passkey);
