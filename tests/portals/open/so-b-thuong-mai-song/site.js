// Sở Thương mại đường sông - site.js
(function () {
  'use strict';
  function el(tag, cls, text) { var e = document.createElement(tag); if (cls) e.className = cls; if (text) e.textContent = text; return e; }
  function get(url, done, fail) {
    var x = new XMLHttpRequest();
    x.open('GET', url, true);
    x.onreadystatechange = function () {
      if (x.readyState !== 4) return;
      if (x.status === 200) { try { done(JSON.parse(x.responseText)); } catch (e) { if (fail) fail(); } } else if (fail) fail();
    };
    x.send();
  }
  function level(list, cls) {
    var ul = el('ul', cls);
    list.forEach(function (m) {
      var li = el('li', m.Children && m.Children.length ? 'has-sub' : ''), a = el('a', 'nav-link', m.Title);
      a.setAttribute('href', m.Url); li.appendChild(a);
      if (m.Children && m.Children.length) li.appendChild(level(m.Children, 'sub-menu'));
      ul.appendChild(li);
    });
    return ul;
  }
  var nav = document.getElementById('main-nav');
  if (nav) get(nav.getAttribute('data-src'), function (r) { nav.innerHTML = ''; nav.appendChild(level(r.Data, 'main-menu')); });
  var side = document.getElementById('side-nav'), data = document.getElementById('side-data');
  if (side && data) {
    var ul = el('ul', 'side-menu');
    JSON.parse(data.textContent).forEach(function (m) { var li = el('li'), a = el('a', '', m.ten); a.href = m.link; li.appendChild(a); ul.appendChild(li); });
    side.appendChild(el('h3', 'box-title', 'Danh mục')); side.appendChild(ul);
  }
  Array.prototype.forEach.call(document.querySelectorAll('.acc-head'), function (h) {
    h.addEventListener('click', function () { h.parentNode.classList.toggle('open'); });
  });
  Array.prototype.forEach.call(document.querySelectorAll('.tab-head button'), function (b) {
    b.addEventListener('click', function () {
      Array.prototype.forEach.call(document.querySelectorAll('.tab-pane'), function (p) { p.style.display = p.id === b.getAttribute('data-tab') ? 'block' : 'none'; });
    });
  });
  var draw = {
    leaders: function (box, r) {
      r.forEach(function (p) {
        var d = el('div', 'leader-card');
        d.appendChild(el('h4', '', p.HoTen)); d.appendChild(el('p', 'post', 'Chức vụ: ' + p.ChucVu)); d.appendChild(el('p', '', 'Điện thoại: ' + p.DienThoai));
        d.appendChild(el('p', '', 'Thư điện tử: ' + p.Email)); d.appendChild(el('p', '', 'Nhiệm vụ: ' + p.NhiemVu)); box.appendChild(d);
      });
    },
    reports: function (box, r) {
      r.forEach(function (p) {
        var d = el('div', 'report-row'), a = el('a', '', p.Ten); a.href = p.Tep; d.appendChild(a);
        d.appendChild(el('span', 'date', ' (' + p.Ngay + ')')); d.appendChild(el('p', '', p.TomTat)); box.appendChild(d);
      });
    },
    calendar: function (box, r) {
      r.forEach(function (p) { box.appendChild(el('p', '', p.Ngay + ': ' + p.NoiDung)); });
    }
  };
  Array.prototype.forEach.call(document.querySelectorAll('[data-load]'), function (box) {
    get(box.getAttribute('data-load'), function (r) {
      box.innerHTML = '';
      if (!r.length) { box.appendChild(el('p', 'none', 'Không có dữ liệu.')); return; }
      draw[box.getAttribute('data-view')](box, r);
    }, function () { box.innerHTML = '<p class="none">Lỗi tải dữ liệu.</p>'; });
  });
})();
