(function(){
'use strict';
function dmy(s){if(!s)return '';var p=String(s).slice(0,10).split('-');return p.length==3?p[2]+'/'+p[1]+'/'+p[0]:s;}
function e(t,x,c){var n=document.createElement(t);if(x!=null)n.textContent=x;if(c)n.className=c;return n;}
function bang(o,d){var t=e('table',null,'b'),h=e('tr');d.cot.forEach(function(c){h.appendChild(e('th',c));});t.appendChild(h);
 d.dong.forEach(function(r){var tr=e('tr');r.forEach(function(v,i){var td=e('td');if(/^https?:|^\/tep\//.test(v)){var a=e('a','Tải về');a.href=v;td.appendChild(a);}else td.textContent=/^\d{4}-\d\d-\d\d$/.test(v)?dmy(v):v;tr.appendChild(td);});t.appendChild(tr);});
 o.appendChild(t);if(!d.dong.length)o.appendChild(e('p',d.trong||'Không có bản ghi nào','trong'));}
var ve={
 bang:bang,
 tin:function(o,d){if(!d.tin.length){o.appendChild(e('p',d.trong||'Chưa có bài viết','trong'));return;}
  d.tin.forEach(function(x){var b=e('article'),a=e('a',x.tieu_de);a.href=x.link||'javascript:void(0)';var h=e('h3');h.appendChild(a);b.appendChild(h);b.appendChild(e('span',(x.ghim?'[Ghim] ':'')+dmy(x.ngay),'ngay'));if(x.tom_tat)b.appendChild(e('p',x.tom_tat));o.appendChild(b);});},
 chu:function(o,d){if(d.noi_dung){var v=e('div');v.innerHTML=d.noi_dung;o.appendChild(v);}else o.appendChild(e('p','Nội dung đang được cập nhật'));},
 cay:function(o,d){(function r(n,p){var u=e('ul');n.forEach(function(x){var l=e('li',x.ten);u.appendChild(l);if(x.con)r(x.con,l);});p.appendChild(u);})(d.cay,o);},
 tuan:function(o,d){o.appendChild(e('p',d.ten));d.ngay.forEach(function(n){o.appendChild(e('h4',n.thu+' ('+dmy(n.ngay)+')'));n.viec.forEach(function(v){o.appendChild(e('p',v));});});},
 hoi:function(o,d){d.forEach(function(x){var q=e('details'),s=e('summary',x.hoi+' — '+x.nguoi+', gửi '+dmy(x.gui));q.appendChild(s);q.appendChild(e('p',x.dap?('Trả lời ngày '+dmy(x.tra_loi)+': '+x.dap):'Đang chuyển phòng chuyên môn'));o.appendChild(q);});},
 binh:function(o,d){d.forEach(function(x){var p=e('p'),t=e('time',dmy(x.luc));t.setAttribute('datetime',x.luc);p.appendChild(e('b',x.ten+': '));p.appendChild(document.createTextNode(x.loi+' '));p.appendChild(t);o.appendChild(p);});}
};
Array.prototype.forEach.call(document.querySelectorAll('[data-api]'),function(o){
 var x=new XMLHttpRequest();x.open('GET',o.getAttribute('data-api'),true);
 x.onload=function(){o.innerHTML='';
  if(x.status===404){document.getElementById('chinh').innerHTML='<h1>404</h1><p>Không tìm thấy trang bạn yêu cầu. <a href="/">Về trang chủ</a></p>';document.title='404 - Không tìm thấy';return;}
  if(x.status!==200){o.appendChild(e('p','Không tải được dữ liệu. Vui lòng thử lại sau.','loi'));return;}
  try{ve[o.getAttribute('data-kieu')](o,JSON.parse(x.responseText));}catch(er){o.appendChild(e('p','Không tải được dữ liệu. Vui lòng thử lại sau.','loi'));}};
 x.onerror=function(){o.innerHTML='<p class="loi">Không tải được dữ liệu.</p>';};x.send();});
window.timKiem=function(){var w=document.getElementById('o-tim').value.trim(),k=document.getElementById('kq-tim');if(!w)return;var x=new XMLHttpRequest();x.open('GET','/api/tim?tu='+encodeURIComponent(w));x.onload=function(){k.hidden=false;k.innerHTML=x.responseText;};x.send();};
})();