// Sentences come from the server with named places: %(what)s.

export function wording(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? values[name] : whole));
}

export function seconds(milliseconds) {
  return (Math.max(0, milliseconds) / 1000).toFixed(1);
}

export function minutes(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}
