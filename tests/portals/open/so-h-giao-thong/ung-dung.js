(function () {
  var goc = document.getElementById('ung-dung');
  function lay(u, ok, loi) { fetch(u).then(function (r) { if (!r.ok) throw r.status; return r.json(); }).then(ok).catch(loi || function () {}); }
  function lk(m) { return '<a href="' + m.u + '"' + (/^http/.test(m.u) ? ' target="_blank"' : '') + '>' + m.t + '</a>'; }
  function thuc_don(ds) { return '<ul class="mega">' + ds.map(function (m) { return '<li>' + (m.u ? lk(m) : '<span class="nhom">' + m.t + '</span>') + (m.con ? '<ul>' + m.con.map(function (c) { return '<li>' + lk(c) + '</li>'; }).join('') + '</ul>' : '') + '</li>'; }).join('') + '</ul>'; }
  function danh_sach(a) { if (!a.length) return '<p class="trong">Chưa có dữ liệu</p>'; return '<div class="ds">' + a.map(function (b) { return '<article class="muc"><h3>' + (b.u ? lk(b) : b.t) + '</h3><time>' + b.d + '</time><p>' + (b.s || '') + '</p></article>'; }).join('') + '</div>'; }
  function bang(c, h) { return '<table class="bang"><thead><tr>' + c.map(function (x) { return '<th>' + x + '</th>'; }).join('') + '</tr></thead><tbody>' + h.map(function (r) { return '<tr>' + r.map(function (x) { return '<td>' + x + '</td>'; }).join('') + '</tr>'; }).join('') + '</tbody></table>'; }
  function than(n) { return '<h1>' + n.td + '</h1>' + (n.ngay ? '<div class="ngay">' + n.ngay + '</div>' : '') + (n.html || '') + (n.cot ? bang(n.cot, n.hang) : '') + (n.ds ? danh_sach(n.ds) : '') + (n.tiep || ''); }
  lay('/api/menu.json', function (m) {
    goc.innerHTML = '<header><img src="/tinh/banner.png" alt="' + m.ten + '"><span id="dong-ho"></span><form action="/tim-kiem" method="get"><input name="q" placeholder="Từ khóa cần tìm"><button>Tìm</button></form></header><nav id="menu">' + thuc_don(m.menu) + '</nav><main id="noi-dung"><p>Đang tải...</p></main><aside>' + m.ben.map(function (k) { return '<section class="khoi"><h2>' + k.t + '</h2>' + k.html + '</section>'; }).join('') + '</aside><footer>' + m.chan + '</footer>';
    document.getElementById('dong-ho').textContent = new Date().toLocaleDateString('vi-VN');
    var d = location.pathname === '/' ? '/trang-chu' : location.pathname;
    var o = document.getElementById('noi-dung');
    lay('/api/noi-dung' + d + '.json' + location.search, function (n) { document.title = n.td + ' - Sở Giao thông Khánh Hòa'; o.innerHTML = than(n); },
      function () { document.title = 'Không tìm thấy trang'; o.innerHTML = '<h1>404</h1><p>Xin lỗi, không tìm thấy trang bạn yêu cầu. Trang có thể đã bị xóa hoặc đổi địa chỉ.</p>'; });
  });
})();
