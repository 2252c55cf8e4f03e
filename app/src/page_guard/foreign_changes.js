// What translators and extensions change in the document. Before the page's code takes over the server's HTML it is undone, for
// the code finds its nodes by their places. Afterwards a text that a translator has replaced by <font> elements gets a place
// beside them, empty, so that the code can change or remove it: then those elements go.
(function () {
  var guard = (window.heartogetherGuard = window.heartogetherGuard || {});
  var isTaking = false;
  var isRunning = false;
  var changes = [];
  var undone = new Set();
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
    var main = isRunning ? null : document.querySelector("main");
    var followed = records.filter(function (record) {
      var isWaiting = !isRunning && (!isTaking || (main && isAhead(record, main)));
      if (isWaiting) changes.push(record);
      return !isWaiting;
    });
    if (followed.length) follow(followed);
  }

  // A page is taken over from its top. Where its own code comes later, the main part and what follows are still as the server
  // made them; what is above runs.
  function isAhead(record, main) {
    var place = record.target === document.body ? record.previousSibling : record.target;
    if (!place || !place.isConnected) return false;
    return main.contains(place) || (main.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING) > 0;
  }

  function undo(record, kept) {
    if (record.type === "characterData") {
      record.target.data = record.oldValue;
      undone.add(record.target);
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
      undone.add(node);
    });
  }

  function restore() {
    take(observer.takeRecords());
    isTaking = true;
    if (!changes.length) return;
    // Translators leave the page alone until it runs.
    if (!undone.size) document.documentElement.setAttribute("translate", "no");
    var kept = [];
    while (changes.length) undo(changes.pop(), kept);
    kept.forEach(function (node) {
      document.body.appendChild(node);
    });
    observer.takeRecords();
  }

  function run() {
    if (isRunning) return;
    isRunning = true;
    take(observer.takeRecords());
    changes = [];
    if (!undone.size) return;
    document.documentElement.removeAttribute("translate");
    // They see a change, and translate it.
    undone.forEach(function (text) {
      if (isText(text) && text.isConnected) text.data = String(text.data);
    });
    undone.clear();
  }

  // The code says something else before it takes over. What others have made of the text goes, and a translator sees a change.
  function say(element, text) {
    take(observer.takeRecords());
    var theirs = changes.filter(function (record) {
      return element.contains(record.target);
    });
    changes = changes.filter(function (record) {
      return theirs.indexOf(record) < 0;
    });
    while (theirs.length) undo(theirs.pop(), []);
    if (!isTaking) undone.clear();
    var node = element.firstChild;
    if (node && isText(node)) node.data = text;
    observer.takeRecords();
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

  function nextChange(text, place, records) {
    return records.slice(place + 1).find(function (record) {
      return record.type === "characterData" && record.target === text;
    });
  }

  // What a text said after the change at this place.
  function dataAfter(text, place, records) {
    var next = nextChange(text, place, records);
    return next ? next.oldValue : text.data;
  }

  // A split adds the end and then shortens the start (DOM, `splitText`). The first text keeps the whole of it in mind.
  function noteSplits(records) {
    var splits = new Set();
    records.forEach(function (added) {
      if (added.type !== "childList" || added.addedNodes.length !== 1 || !isText(added.addedNodes[0])) return;
      var end = added.addedNodes[0];
      var start = added.previousSibling;
      var place = records.findIndex(function (record, place) {
        var isChange = record.type === "characterData" && record.target === start;
        return isChange && record.oldValue === dataAfter(start, place, records) + dataAfter(end, place, records);
      });
      if (place < 0) return;
      var whole = wholes.get(start) || start;
      splits.add(records[place]);
      wholes.set(end, whole);
      hold(whole, records[place].oldValue).by.push(end);
    });
    return splits;
  }

  function noteReplacement(record, place, records) {
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
      if (by.length) stand(text, by, nextChange(text, place, records));
      else if (held.has(text)) release(text);
    });
  }

  function stand(text, by, isOutdated) {
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
    if (isOutdated) release(text);
    else text.data = "";
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
    records.forEach(function (record, place) {
      if (record.type === "childList") {
        noteReplacement(record, place, records);
        record.removedNodes.forEach(noteWithdrawal);
      } else if (held.has(record.target) && !splits.has(record)) {
        release(record.target);
      }
    });
    // What was changed here is not followed.
    observer.takeRecords();
  }

  guard.restore = restore;
  guard.run = run;
  guard.say = say;
  if (document.readyState === "loading") document.addEventListener("readystatechange", observe, { once: true });
  else observe();
})();
