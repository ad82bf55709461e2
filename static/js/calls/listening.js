// Learns that a call has moved: from an event stream, and, where there is none to be had, by asking every second.
// `moved` is called with the mark that the stream tells, which the page may know already; without one where it asks.

const ASK = 1000;
const TRY_AGAIN = 30000; // after the server had no stream to spare

export class Listening {
  constructor(url, moved) {
    this.url = url;
    this.moved = moved;
    this.open();
  }

  open() {
    clearTimeout(this.again);
    this.source = new EventSource(this.url);
    this.source.onopen = () => this.ask(false);
    this.source.onmessage = ({ data }) => this.moved(data);
    this.source.onerror = () => {
      this.ask(true);
      if (this.source.readyState === EventSource.CLOSED) this.again = setTimeout(() => this.open(), TRY_AGAIN);
    };
  }

  ask(on) {
    if (on && !this.timer) this.timer = setInterval(() => this.moved(), ASK);
    if (!on) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  close() {
    clearTimeout(this.again);
    this.source.close();
    this.ask(false);
  }
}
