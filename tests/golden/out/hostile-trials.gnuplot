#### trials-tried_reboot___x.gp ####
# Run `gnuplot trials-tried_reboot___x.gp` in this folder: it writes trials-tried_reboot___x.png and trials-tried_reboot___x.svg.
set encoding utf8
set decimalsign '.'

# Okabe-Ito colours; dash and marker differ too, for grey paper.
set linetype 1 lc rgb '#0072B2' lw 2 pt 7  dt 1
set linetype 2 lc rgb '#D55E00' lw 2 pt 4  dt (8,3)
set linetype 3 lc rgb '#009E73' lw 2 pt 9  dt (3,3)
set linetype 4 lc rgb '#CC79A7' lw 2 pt 12 dt (10,3,2,3)
set linetype 5 lc rgb '#E69F00' lw 2 pt 11 dt 1
set linetype 6 lc rgb '#56B4E9' lw 2 pt 6  dt (8,3)
set linetype 7 lc rgb '#000000' lw 2 pt 5  dt (3,3)
set linetype 8 lc rgb '#7F7F7F' lw 2 pt 8  dt (10,3,2,3)
set border 3 lc rgb '#606060'
set tics nomirror out scale 0.6 textcolor rgb '#303030'
set grid ytics lt 1 lw 1 lc rgb '#D8D8D8'
set style fill transparent solid 0.18 noborder
set bars 0.6

# x, y, low, high of 'good'
$p1s1 << EOD
0 0.786802 0 0.786802
1 1 0 1
2 1 0 1
3 0.962406 0 0.962406
EOD
# x, y, low, high of 'other-good'
$p1s2 << EOD
0 0.0761421 0.786802 0.862944
EOD
# x, y, low, high of 'it''s ?bad??x0a'
$p1s3 << EOD
0 0.0456853 0.862944 0.908629
EOD
# x, y, low, high of 'a name that goes on and on, far beyond any column that a table has for it'
$p1s4 << EOD
3 0.037594 0.962406 1
EOD
# x, y, low, high of 'third'
$p1s5 << EOD
1 1e-12 1 1
EOD
# x, y, low, high of 'fifth'
$p1s6 << EOD
0 0.0304569 0.908629 0.939086
EOD
# x, y, low, high of 'otherwise'
$p1s7 << EOD
0 0.0609137 0.939086 1
EOD
# x, y, low, high of '95 % interval'
$p1s8 << EOD
0 0.862944 0.8163 0.901471
1 1 1 1
2 1 0.735352 1
3 0.962406 0.922211 0.985373
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,253 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,253 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'trials-tried_reboot___x.'.type
set multiplot
set label 1 'tried?reboot?''@x: as it''should?x0a, and what came otherwise' at screen 0.5,screen 0.942 center textcolor rgb '#000000' font ',12'
set label 2 'never: fourth; all as expected in arm con''?trast of a length' at screen 0.01,screen 0.037 left textcolor rgb '#505050' font ',9'

set lmargin at screen 0.3002
set rmargin at screen 0.9750
set tmargin at screen 0.6680
set bmargin at screen 0.2372
set format x '%g'
unset xlabel
set xlabel 'share of items, %'
unset logscale xy
set ytics ('one''?, a long value of a parameter' 0, 'two?x07, b' 1, 'four, b' 2, 'five, b' 3)
set yrange [3.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.6720 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xtics 0,20,100
set xrange [0:100]
plot $p1s1 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#9EC5DE' fs solid 1 noborder title 'good', \
     $p1s2 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#4A90BF' fs solid 1 noborder title 'other-good', \
     $p1s3 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#D55E00' fs solid 1 noborder title 'it''s ?bad??x0a', \
     $p1s4 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#E6A800' fs solid 1 noborder title 'a name that goes', \
     $p1s5 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#CC2277' fs solid 1 noborder title 'third', \
     $p1s6 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#8C1C13' fs solid 1 noborder title 'fifth', \
     $p1s7 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#303030' fs solid 1 noborder title 'otherwise', \
     $p1s8 using (100*$2):1:(100*$3):(100*$4) with xerrorbars lc rgb '#202020' dt 1 lw 1 pt 0 title '95 % interval'
set grid noxtics ytics
set ytics autofreq font ''
unset label 3
unset label 1
unset label 2
unset multiplot
unset output
}
