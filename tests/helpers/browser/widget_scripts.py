"""What is asked of a widget inside the page, in one call each: looks from outside take long."""

# As Playwright sees it, but of all controls of a widget at one look.
CONTROLS = """controls => controls.map(control => {
  const place = control.getBoundingClientRect();
  return control.checkVisibility() && getComputedStyle(control).visibility === 'visible'
    && place.width > 0 && place.height > 0; })"""
COUNT_KINDS = """(box, kinds) => kinds.map(kind => box.querySelectorAll(kind).length)"""
# Where keys go: to the control; of several buttons to the chosen one, or one that is not pressed.
TAKES_FOCUS = """control => ['input:checked', 'input', 'button:not(.mod-active)']
  .find(inner => control.querySelector(inner)) ?? null"""
# What a key may leave as it is, at the end of a slider or list; null of a control without ends.
VALUE = """control => control.getAttribute('aria-valuenow')
  ?? (control.matches('select') ? control.value : null)"""
FOCUS = f"control => {{ control.focus(); return ({VALUE})(control); }}"
PICTURE = """const picture = () =>
  [...box.querySelectorAll('.widget-output img')].map(part => part.src).join() || null;"""
WORDS = "const words = () => box.querySelector('.course-words').textContent.trim();"
STATE = f"box => {{ {PICTURE} {WORDS} return [picture(), words()]; }}"
# One call that waits in the page, since each look from outside takes the browser as long as the
# move itself: what ``look`` returns as soon as that is something, null if it never is.
UNTIL = """const until = (box, seconds, look) => new Promise(done => {
  const end = found => { watch.disconnect(); clearTimeout(clock); done(found); };
  const watch = new MutationObserver(() => { const found = look(); if (found) end(found); });
  watch.observe(box, {childList: true, subtree: true, attributes: true, characterData: true});
  const clock = setTimeout(() => end(look() || null), 1000 * seconds);
  const found = look();
  if (found) end(found);
});"""
ANSWER = f"""(box, [before, seconds]) => {{ {PICTURE} {WORDS} {UNTIL}
  return until(box, seconds, () => {{
    const error = box.querySelector('.course-error');
    if (error) return {{error: error.innerText}};
    return picture() !== before[0] && words() !== before[1] ? {{error: null}} : null; }}); }}"""
OTHER_WORDS = f"""(box, [before, seconds]) => {{ {WORDS} {UNTIL}
  return until(box, seconds, () => words() !== before ? {{words: words()}} : null); }}"""
# From the last key pressed to the new picture in the page, milliseconds.
STOPWATCH = f"""box => {{ {PICTURE}
  let start = null, shown = picture();
  box.answerTimes = [];
  box.addEventListener('keydown', () => {{ start = performance.now(); }}, true);
  new MutationObserver(() => {{
    if (picture() === null || picture() === shown) return;
    if (start !== null) box.answerTimes.push(performance.now() - start);
    [shown, start] = [picture(), null];
  }}).observe(box, {{childList: true, subtree: true, attributes: true}});
}}"""
# What reaches beyond the right edge of the output it stands in.
OVERFLOW = """box => {
  const edge = box.closest('.jp-Cell-outputArea').getBoundingClientRect().right;
  return [...box.querySelectorAll(
    'img, select, input, button, p, label, .widget-readout, .noUi-target')]
    .map(part => [part.tagName.toLowerCase(), part.getBoundingClientRect()])
    .filter(([, place]) => place.width > 0 && place.right > edge + 1)
    .map(([tag, place]) => `${tag} reaches ${Math.round(place.right - edge)} pixels too far`); }"""
# Cells are laid out when they come in, and push others away: until the widget stays in its place.
SHOW_AND_OVERFLOW = f"""async box => {{
  const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  let before, stays = 0;
  for (let i = 0; i < 100 && stays < 3; i++) {{
    box.scrollIntoView({{block: 'center'}});
    await drawn();
    const {{x, y, width, height}} = box.getBoundingClientRect();
    const now = [x, y, width, height].join();
    stays = now === before ? stays + 1 : 0;
    before = now;
  }}
  return ({OVERFLOW})(box); }}"""
