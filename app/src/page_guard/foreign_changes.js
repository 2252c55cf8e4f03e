// What translators and extensions change in the document. Before the page's code takes over the server's HTML it is undone, for
// the code finds its nodes by their places. Afterwards a text that a translator has replaced by <font> elements gets a place
// beside them, empty, so that the code can change or remove it: then those elements go.
(function () {
  var guard = (window.heartogetherGuard = window.heartogetherGuard || {});
  var isTaking = false;
  var isRunning = false;
  var changes = [];
  // By text: what stands for it, and what it said.
  var held = new WeakMap();
  // By <font>: its text.
  var owners = new WeakMap();
  // By text: the one whose end it was before a translator split it.
  var wholes = new WeakMap();
  var observer = new MutationObserver(take);

  function observe() {
    var what = { childList: true, characterData: true, characterDataOldValue: true, subtree: true };
    observer.observe(document.body, what);
  }

  function take(records) {
    // While the page is taken over its main part is still as the server made it; everything around it runs.
    var main = isRunning ? null : document.querySelector("main");
    var followed = records.filter(function (record) {
      var isWaiting = !isRunning && (!isTaking || (main && main.contains(record.target)));
      if (isWaiting) changes.push(record);
      return !isWaiting;
    });
    if (followed.length) follow(followed);
  }

  function undo(record, kept) {
    if (record.type === "characterData") {
      record.target.data = record.oldValue;
      return;
    }
    record.addedNodes.forEach(function (node) {
      if (node.parentNode !== record.target) return;
      record.target.removeChild(node);
      // An extension's own surface stays, where it is in nobody's way.
      if (record.target === document.body && node.nodeType === 1 && node.nodeName !== "FONT") kept.push(node);
    });
    var next = record.nextSibling;
    if (next && next.parentNode !== record.target) next = null;
    record.removedNodes.forEach(function (node) {
      record.target.insertBefore(node, next);
    });
  }

  function restore() {
    take(observer.takeRecords());
    var kept = [];
    while (changes.length) undo(changes.pop(), kept);
    kept.forEach(function (node) {
      document.body.appendChild(node);
    });
    observer.takeRecords();
    isTaking = true;
  }

  function isText(node) {
    return node.nodeType === 3;
  }

  function isTranslation(node) {
    return node.nodeName === "FONT";
  }

  function hold(text, said) {
    if (!held.has(text)) held.set(text, { said: said, by: [] });
    return held.get(text);
  }

  function release(text) {
    var known = held.get(text);
    held.delete(text);
    known.by.forEach(function (node) {
      if (node.parentNode) node.parentNode.removeChild(node);
    });
  }

  // The first text keeps the whole of it in mind.
  function noteSplits(records) {
    var splits = new Set();
    records.forEach(function (added) {
      if (added.type !== "childList" || added.addedNodes.length !== 1 || !isText(added.addedNodes[0])) return;
      var end = added.addedNodes[0];
      var start = added.previousSibling;
      var change = records.find(function (record) {
        return record.type === "characterData" && record.target === start && record.oldValue === start.data + end.data;
      });
      if (!change) return;
      splits.add(change);
      wholes.set(end, start);
      hold(start, change.oldValue).by.push(end);
    });
    return splits;
  }

  function noteReplacement(record) {
    var texts = Array.prototype.filter.call(record.removedNodes, function (node) {
      return isText(node) && !node.isConnected;
    });
    texts.forEach(function (text) {
      if (held.has(text) && held.get(text).isReplaced) return release(text);
      var by = Array.prototype.slice.call(record.addedNodes);
      if (!by.some(isTranslation)) by = [record.previousSibling, record.nextSibling];
      by = by.filter(function (node) {
        return node && node.isConnected && (isText(node) ? record.addedNodes.length > 1 : isTranslation(node)) && !owners.has(node);
      });
      if (by.length) stand(text, by);
      else if (held.has(text)) release(text);
    });
  }

  function stand(text, by) {
    var owner = wholes.get(text) || text;
    var known = hold(owner, text.data);
    known.by = known.by
      .filter(function (node) {
        return node !== text;
      })
      .concat(by);
    by.forEach(function (node) {
      owners.set(node, owner);
    });
    if (owner !== text) return;
    known.isReplaced = true;
    by[0].parentNode.insertBefore(text, by[0]);
    text.data = "";
  }

  // The translator has taken its elements back.
  function noteWithdrawal(node) {
    var text = owners.get(node);
    if (!text || node.isConnected || !held.has(text)) return;
    var said = held.get(text).said;
    release(text);
    if (text.data === "") text.data = said;
  }

  function follow(records) {
    var splits = noteSplits(records);
    records.forEach(function (record) {
      if (record.type === "childList") {
        noteReplacement(record);
        record.removedNodes.forEach(noteWithdrawal);
      } else if (held.has(record.target) && !splits.has(record)) {
        release(record.target);
      }
    });
    // What was changed here is not followed.
    observer.takeRecords();
  }

  guard.restore = restore;
  guard.run = function () {
    isRunning = true;
    changes = [];
  };
  if (document.readyState === "loading") document.addEventListener("readystatechange", observe, { once: true });
  else observe();
})();
