/* Cổng thông tin Sở Chuyển đổi - bản dựng 2025.11.3 */
(function () {
  'use strict';
  var NHOM = [
    { ten: 'Tổ chức', muc: [['/tong-quan', 'Tổng quan về Sở'], ['/to-chuc/chuc-nang', 'Chức năng của Sở'], ['/to-chuc/bo-may', 'Các phòng, trung tâm'], ['/to-chuc/lanh-dao', 'Thông tin lãnh đạo Sở'], ['/danh-ba-cong-chuc', 'Danh bạ công chức'], ['/phat-ngon', 'Phát ngôn và cung cấp thông tin báo chí']] },
    { ten: 'Hoạt động', muc: [['/tin-tuc', 'Bản tin chuyển đổi'], ['/dieu-hanh', 'Điều hành của Giám đốc Sở'], ['/lich-cong-tac', 'Lịch tuần của lãnh đạo'], ['/tiep-cong-dan', 'Tiếp công dân'], ['/pho-bien-phap-luat', 'Phổ biến pháp luật']] },
    { ten: 'Văn bản - Dự án', muc: [['/van-ban', 'Tra cứu văn bản'], ['/chien-luoc', 'Chiến lược và kế hoạch 5 năm'], ['/du-an', 'Dự án đầu tư, gói thầu'], ['/de-tai', 'Kết quả nghiên cứu khoa học']] },
    { ten: 'Công dân', muc: [['/thu-tuc', 'Bộ thủ tục hành chính'], ['/hoi-dap', 'Câu hỏi thường gặp'], ['/gop-y', 'Gửi ý kiến góp ý'], ['/an-toan-thong-tin', 'Cẩm nang an toàn thông tin']] }
  ];
  var goc = document.getElementById('root');
  var tinMoi = [['/tin-tuc/khai-truong-kho-du-lieu-dung-chung-88', 'Khai trương kho dữ liệu dùng chung của tỉnh', '2026-05-18'], ['/tin-tuc/to-cong-nghe-so-cong-dong-87', 'Tổ công nghệ số cộng đồng xã Phú Lam "đi từng ngõ"', '2026-05-11'], ['/tin-tuc/dien-tap-ung-cuu-su-co-86', 'Diễn tập ứng cứu sự cố mạng năm 2026', '2026-04-29']];
  function e(s) { return String(s == null ? '' : s).replace(/[&<>"]/g, function (c) { return { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }[c]; }); }
  function ngay(s) { var m = /^(\d{4})-(\d\d)-(\d\d)/.exec(s || ''); return m ? m[3] + '/' + m[2] + '/' + m[1] : e(s); }
  function khung() {
    var m = NHOM.map(function (n, i) {
      return '<li class="nhom"><button type="button" class="mo" aria-expanded="false" data-i="' + i + '">' + n.ten + '</button><div class="mega" id="mega' + i + '"><ul>' +
        n.muc.map(function (x) { return '<li><a href="' + x[0] + '">' + x[1] + '</a></li>'; }).join('') + '</ul></div></li>';
    }).join('');
    goc.innerHTML = '<header class="dau"><div class="tren"><time id="gio"></time><a class="nong" href="tel:02993812999" aria-label="Đường dây nóng">&#9742; 0299.3812.999</a>' +
      '<a class="bt" href="/rss.xml" aria-label="RSS"><svg width="14" height="14"><circle cx="3" cy="11" r="2"/></svg></a><a class="bt" href="/en" lang="en" title="English">EN</a>' +
      '<form class="tk" action="/tim-kiem" method="get" role="search"><input type="search" name="q" placeholder="Bạn cần tìm gì?"><button aria-label="Tìm kiếm">&#128269;</button></form></div>' +
      '<a class="logo" href="/"><strong>SỞ CHUYỂN ĐỔI</strong><span>TỈNH BÌNH LAM</span></a><nav><ul class="menu"><li><a href="/">Trang chủ</a></li>' + m + '</ul></nav></header>' +
      '<main id="nd" tabindex="-1"><p class="cho">Đang tải...</p></main><aside id="cot"></aside>' +
      '<footer><div class="o1"><b>Sở Chuyển đổi tỉnh Bình Lam</b><br>Địa chỉ: Tầng 5, khu B, Trung tâm hành chính tỉnh, phường Lam Thành, tỉnh Bình Lam<br>Điện thoại: 0299.3812.345 · Fax: 0299.3812.346<br>Thư điện tử: socd@binhlam.gov.test</div>' +
      '<div class="o2"><a href="/so-do-trang">Sơ đồ trang</a> · <a href="/thu-vien">Thư viện video</a> · <a href="/dieu-khoan">Điều khoản sử dụng</a></div>' +
      '<div class="o3"><a href="https://tinnhiemmang.vn/danh-ba-tin-nhiem/scdbinhlamtest-1735" title="Chung nhan Tin Nhiem Mang"><img src="/anh/tin-nhiem-mang.png" alt="Chứng nhận Tín Nhiệm Mạng" width="150"></a><p>Thống kê truy cập: hôm nay 214 · tháng này 9.870</p></div></footer>';
    var d = new Date(); document.getElementById('gio').textContent = 'Hôm nay, ' + d.getDate() + '/' + (d.getMonth() + 1) + '/' + d.getFullYear() + ' ' + d.toLocaleTimeString('vi-VN');
    Array.prototype.forEach.call(document.querySelectorAll('.mo'), function (b) {
      b.onclick = function () { var x = document.getElementById('mega' + b.getAttribute('data-i')); x.classList.toggle('hien'); b.setAttribute('aria-expanded', x.classList.contains('hien')); };
    });
  }
  function cot(trang) {
    document.getElementById('cot').innerHTML = trang === '/' ? '' : '<h3>Đọc nhiều trong tuần</h3><ul>' + tinMoi.map(function (t) { return '<li><a href="' + t[0] + '">' + e(t[1]) + '</a> <time>' + ngay(t[2]) + '</time></li>'; }).join('') + '</ul>';
  }
  function bang(b) {
    return '<div class="cuon"><table><thead><tr>' + b.cot.map(function (c) { return '<th>' + e(c) + '</th>'; }).join('') + '</tr></thead><tbody>' +
      b.dong.map(function (r) { return '<tr>' + r.map(function (c) { return '<td>' + (c && c.tep ? '<a href="' + c.tep + '" download>Tải về</a>' : c && c.lien ? '<a href="' + c.lien + '">' + e(c.chu) + '</a>' : ngay(c)) + '</td>'; }).join('') + '</tr>'; }).join('') + '</tbody></table></div>' +
      (b.dong.length ? '' : '<p class="rong">' + e(b.rong || 'Không có bản ghi nào.') + '</p>');
  }
  var VE = {
    bai: function (d) { return '<h1>' + e(d.tieuDe) + '</h1>' + (d.ngay ? '<div class="tt"><time datetime="' + d.ngay + '">' + e(d.ngayChu || ngay(d.ngay)) + '</time> <button type="button" class="in" onclick="window.print()">In bài</button></div>' : '') + '<article>' + d.html + '</article>'; },
    bang: function (d) { return '<h1>' + e(d.tieuDe) + '</h1>' + (d.dan ? '<p>' + e(d.dan) + '</p>' : '') + bang(d.bang); },
    tin: function (d) { return '<h1>' + e(d.tieuDe) + '</h1>' + d.tin.map(theTin).join(''); },
    the: function (d) { return '<h1>' + e(d.tieuDe) + '</h1><div class="luoi">' + d.the.map(function (t) { return '<section class="the"><h3>' + e(t.ten) + '</h3><dl>' + t.dong.map(function (x) { return '<dt>' + e(x[0]) + '</dt><dd>' + e(x[1]) + '</dd>'; }).join('') + '</dl></section>'; }).join('') + '</div>'; },
    dichVu: function (d) { return '<h1>' + e(d.tieuDe) + '</h1><ul class="dv">' + d.dv.map(function (x) { return '<li><span class="nhan n' + x.n + '">' + e(x.muc) + '</span> <b>' + e(x.ten) + '</b><small>' + e(x.ma) + ' · ' + e(x.linhVuc) + ' · Cơ quan thực hiện: Sở Chuyển đổi</small>' + (x.n ? '<a href="https://dichvucong.binhlam.test/chi-tiet?ma=' + x.ma + '">Chi tiết</a>' : '') + '</li>'; }).join('') + '</ul>'; },
    gopY: function (d) { return '<h1>' + e(d.tieuDe) + '</h1><p>' + e(d.dan) + '</p><form method="post" action="/gop-y" class="gy"><label>Họ tên <input name="ten" required></label><label>Email <input name="mail" type="email"></label><label>Nội dung <textarea name="nd" rows="5" required></textarea></label><button>Gửi</button></form>'; },
    soDo: function (d) { return '<h1>' + e(d.tieuDe) + '</h1>' + NHOM.map(function (n) { return '<h3>' + n.ten + '</h3><ul>' + n.muc.map(function (x) { return '<li><a href="' + x[0] + '">' + x[1] + '</a></li>'; }).join('') + '</ul>'; }).join(''); },
    tim: function (d) { return '<h1>' + e(d.tieuDe) + '</h1><p id="kq"></p>'; },
    loi: function (d) { return '<div class="loi404"><h1>404</h1><p>' + e(d.tieuDe) + '</p><p><a href="/">Về trang chủ</a></p></div>'; },
    nha: function (d) {
      return '<section class="hero"><h2>Tin nổi bật</h2><div class="luoi">' + d.tin.map(theTin).join('') + '</div><a class="them" href="/tin-tuc">Xem tất cả</a></section>' +
        '<section class="o-chon">' + d.o.map(function (o) { return o.bam ? '<div class="o" role="button" tabindex="0" onclick="diToi(\'' + o.bam + '\')"><i></i><span>' + e(o.ten) + '</span></div>' : '<a class="o" href="' + o.lien + '" aria-label="' + e(o.ten) + '"><i></i></a>'; }).join('') + '</section>' +
        '<section><h2>Văn bản mới ban hành</h2><ul>' + d.vb.map(function (v) { return '<li><a href="' + v[2] + '">' + e(v[0]) + '</a> <time>' + ngay(v[1]) + '</time></li>'; }).join('') + '</ul></section>';
    }
  };
  function theTin(t) { return '<section class="the tin"><h3><a href="' + t.lien + '">' + e(t.ten) + '</a></h3><p class="tt"><span>' + e(t.truoc) + '</span> · <time datetime="' + t.ngay + '">' + ngay(t.ngay) + '</time></p><p>' + e(t.tomTat) + '</p></section>'; }
  function ve(trang, d) {
    var nd = document.getElementById('nd');
    nd.innerHTML = (VE[d.kieu] || VE.bai)(d);
    document.title = (d.tieuDe || 'Trang chủ') + ' | Sở Chuyển đổi tỉnh Bình Lam';
    if (d.ngonNgu) nd.setAttribute('lang', d.ngonNgu); else nd.removeAttribute('lang');
    cot(trang);
    if (d.kieu === 'tim') {
      var tu = (new URLSearchParams(location.search).get('q') || '').toLowerCase();
      var hop = tu ? tinMoi.filter(function (t) { return t[1].toLowerCase().indexOf(tu) >= 0; }) : [];
      document.getElementById('kq').innerHTML = tu ? (hop.length ? hop.map(function (t) { return '<a href="' + t[0] + '">' + e(t[1]) + '</a>'; }).join('<br>') : 'Không có kết quả phù hợp.') : 'Mời bạn nhập từ khoá.';
    }
  }
  function tai() {
    var p = location.pathname.replace(/\/+$/, '') || '/';
    fetch('/api/noi-dung' + (p === '/' ? '/trang-chu' : p) + '.json').then(function (r) { if (!r.ok) throw r.status; return r.json(); })
      .then(function (d) { ve(p, d); }, function () { ve(p, { kieu: 'loi', tieuDe: 'Rất tiếc, trang bạn tìm không tồn tại hoặc đã được chuyển đi.' }); });
  }
  window.diToi = function (u) { history.pushState({}, '', u); tai(); window.scrollTo(0, 0); };
  document.addEventListener('click', function (ev) {
    var a = ev.target.closest ? ev.target.closest('a[href^="/"]') : null;
    if (!a || a.hasAttribute('download') || /\.(xml|pdf|docx?|xlsx?)$/.test(a.getAttribute('href')) || ev.ctrlKey || ev.metaKey) return;
    ev.preventDefault(); window.diToi(a.getAttribute('href'));
  });
  window.onpopstate = tai;
  khung(); tai();
})();
