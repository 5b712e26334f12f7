const { clauses, targets } = JSON.parse(document.getElementById('data').textContent);
const matrix = document.querySelector('.matrix');
const dialog = document.querySelector('dialog');
const group = document.getElementById('group');
const state = document.getElementById('state');

const rows = [...matrix.querySelectorAll('tr[data-id]')];
const buttonsOf = (row) => [...row.querySelectorAll('button')];

// One cell is reached by Tab, the others from there by arrow keys.
for (const button of matrix.querySelectorAll('button')) button.tabIndex = -1;
let current = buttonsOf(rows[0])[0];
current.tabIndex = 0;

function moveTo(button) {
  current.tabIndex = -1;
  current = button;
  current.tabIndex = 0;
}

matrix.addEventListener('focusin', ({ target }) => moveTo(target));

matrix.addEventListener('keydown', (event) => {
  const visible = rows.filter((row) => row.offsetParent !== null);
  const row = visible.indexOf(event.target.closest('tr'));
  const buttons = buttonsOf(visible[row]);
  const column = buttons.indexOf(event.target);
  const next = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, buttons.length - 1],
    PageUp: [Math.max(0, row - 10), column],
    PageDown: [Math.min(visible.length - 1, row + 10), column],
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const target = visible[next[0]];
  if (target) buttonsOf(target)[next[1]]?.focus();
});

matrix.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button) show(button.closest('tr').dataset.id, button.dataset.target);
});

/** One target's result, or all of them. */
function show(id, target) {
  const { title, why } = clauses[id];
  const shown = target === undefined ? targets : [targets[target]];
  const list = element('dl', {}, [
    element('dt', {}, ['Why']),
    element('dd', {}, [why]),
    ...shown.flatMap((it) => described(it.target, it.results[id])),
  ]);
  const close = element('button', { autofocus: true }, ['Close']);
  dialog.replaceChildren(
    element('h2', { id: 'detail-title' }, [`${id} ${title}`]),
    list,
    element('form', { method: 'dialog' }, [close]),
  );
  dialog.showModal();
}

function described(name, { state: end, reason, durationMs }) {
  const badge = element('span', { className: `key ${end.replace(' ', '-')}` }, [end]);
  const time = end === 'passed' || end === 'failed' ? ` in ${durationMs} ms` : '';
  return [
    element('dt', {}, [`${name} `, badge, time]),
    ...(reason === undefined ? [] : [element('dd', {}, [reason])]),
  ];
}

function element(name, properties, children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Shows the rows of the group in which any target is in the state. */
function filter() {
  const isInState = ({ dataset: { id } }) =>
    targets.some(({ results }) => results[id].state === state.value);
  for (const row of rows) row.hidden = state.value !== '' && !isInState(row);
  for (const body of matrix.tBodies) {
    const isOfGroup = group.value === '' || body.dataset.group === group.value;
    body.hidden = !isOfGroup || ![...body.rows].some((row) => row.dataset.id && !row.hidden);
  }
  const visible = rows.filter((row) => row.offsetParent !== null);
  document.getElementById('shown').textContent = `${visible.length} of ${rows.length} clauses`;
  if (current.offsetParent === null && visible[0]) moveTo(buttonsOf(visible[0])[0]);
}

group.addEventListener('change', filter);
state.addEventListener('change', filter);
// Some browsers keep a form's values over a reload.
filter();
