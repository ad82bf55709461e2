// The knowledge pane: search, read, use as the basis; outage notices below.

import { $, arrows, fill, follow, make, refill } from "./build.js";

const IDLE = 250;

export class Knowledge {
  constructor(words, send, record) {
    Object.assign(this, { words, send, record });
    this.field = $("knowledge");
    this.reading = null;
    this.field.addEventListener("input", (event) => !event.isComposing && this.soon());
    this.field.addEventListener("compositionend", () => this.soon());
    this.field.addEventListener("keydown", (event) => this.key(event));
    $("articles").addEventListener("keydown", (event) => {
      if (arrows($("articles"), ".article-hit", event) === "above") this.field.focus();
    });
    $("knowledge-form").addEventListener("submit", (event) => event.preventDefault());
  }

  soon() {
    clearTimeout(this.timer);
    if (this.field.value.trim()) this.timer = setTimeout(() => this.look(), IDLE);
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      $("articles").querySelector(".article-hit")?.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.shown === this.field.value.trim()) $("articles").querySelector(".article-hit")?.click();
      else this.look();
    }
  }

  async look() {
    clearTimeout(this.timer);
    const query = this.field.value.trim();
    if (query === this.sent) return;
    this.sent = query;
    const reply = await this.send("knowledge", { q: query });
    if (reply.error) $("knowledge-note").textContent = reply.error;
    else if (this.sent === query) this.list(reply.shown);
  }

  list({ asked, articles }) {
    if (!articles) return;
    this.sent = this.shown = asked;
    if (!this.field.value) this.field.value = asked;
    this.close();
    $("knowledge-note").textContent = articles.length ? "" : this.words.no_articles;
    refill(
      $("articles"),
      articles.map((one) =>
        make("li", {}, make("button", { type: "button", class: "article-hit", "data-key": one.article, onclick: () => this.read(one.article) },
          make("span", { class: "rule number", text: one.rule }), ` ${one.title} `,
          make("span", { class: "quiet", text: one.version }),
          one.superseded ? make("span", { class: "past-mark", text: ` ${this.words.superseded}` }) : null))),
      this.field,
    );
  }

  async read(article) {
    const from = document.activeElement;
    const reply = await this.send("article", { article });
    if (reply.error) return;
    this.show(reply.shown.article);
    this.onread?.(reply.shown.article);
    follow(from, $("reading").querySelector("h3"));
  }

  show(article) {
    if (!article) return;
    this.reading = article;
    this.useButton = this.onuse ? make("button", { type: "button", class: "btn btn-primary", "aria-keyshortcuts": "Alt+U", onclick: () => this.use() }) : null;
    const body = make("div", { class: "prose article-body" });
    body.innerHTML = article.html; // sanitised by the server
    $("reading").replaceChildren(
      make("h3", { tabindex: "-1", text: article.title }),
      make("p", { class: "quiet" }, fill(this.words.rule, { rule: article.rule }), ` · ${article.version} `,
        article.superseded ? make("span", { class: "past-mark", text: this.words.superseded }) : null),
      body,
      make("div", { class: "article-actions" }, this.useButton,
        make("button", { type: "button", class: "btn btn-quiet", text: this.words.back_to_list, onclick: () => this.back() })),
    );
    $("reading").hidden = false;
    $("articles").hidden = true;
    this.showUsed(this.used);
  }

  showUsed(article) {
    this.used = article;
    if (this.useButton) this.useButton.textContent = article && article === this.reading?.article ? this.words.used_article : this.words.use_article;
  }

  use() {
    if (this.reading) this.onuse?.(this.reading);
  }

  close() {
    $("reading").hidden = true;
    $("articles").hidden = false;
    this.reading = null;
  }

  back() {
    this.close();
    this.field.focus();
  }

  showNotices(notices) {
    if (!notices?.length) return;
    $("notices").replaceChildren(
      make("h3", { class: "pane-title", text: this.words.notices }),
      ...notices.map((notice) =>
        make("details", { class: notice.past ? "notice-line past" : "notice-line" },
          make("summary", { text: notice.title }),
          make("p", { class: "quiet", text: fill(this.words.notice_since, { start: notice.started, area: notice.area }) }),
          make("p", { text: notice.body }),
          this.record.pinning ? this.record.pinButton(notice.ref, notice.title) : null)),
    );
  }

  focus() {
    this.close();
    this.field.focus();
    this.field.select();
  }
}
